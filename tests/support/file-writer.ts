/**
 * A program to be killed: uploads files into the directory it is given, as fast as it can, and says on stdout what was
 * acknowledged. Lane n puts the file `n` again and again, each time with the number of the round as its first line and
 * padding behind it, and then puts and deletes `n-passing`. All lanes write at once.
 */
import { writeSync } from "node:fs";
import { parseFilePath } from "../../src/namespaces/file-path.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { LocalFileStore } from "../../src/stores/files/file-store.ts";

const [directory = "", lanes = "", firstRound = ""] = process.argv.slice(2);
const store = await LocalFileStore.open({ directory, clock: systemClock, log: noLog });

async function* contentOf(round: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${round}\n`);
  for (let piece = 0; piece < round % 5; piece++) yield Buffer.alloc(3000, `${round} `);
}

async function write(lane: number): Promise<void> {
  for (let round = Number(firstRound); ; round++) {
    await store.put("alice", parseFilePath(`${lane}`), contentOf(round), 1e6);
    const passing = parseFilePath(`${lane}-passing`);
    await store.put("bob", passing, contentOf(round), 1e6);
    await store.delete("bob", passing);
    // Synchronous, so that what is said is in the pipe before anything can kill this process.
    writeSync(1, `${lane} ${round}\n`);
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => write(lane)));
