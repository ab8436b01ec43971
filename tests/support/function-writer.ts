/**
 * A program to be killed: deploys functions into the data directory it is given, as fast as it can, and says on stdout
 * what was acknowledged. Lane n deploys `alice/n` again and again, each time with the number of the revision in its code,
 * and after every third makes the one before current. All lanes write at once.
 */
import { writeSync } from "node:fs";
import { systemClock } from "../../src/stdx/clock.ts";
import { openSystemDatabase } from "../../src/stores/sqlite/system-database.ts";
import { digestOf, sampleDraft } from "../contracts/revision-samples.ts";

const [directory = "", lanes = "", firstRound = ""] = process.argv.slice(2);
const { functions } = openSystemDatabase({ dataDir: directory, clock: systemClock });

async function write(lane: number): Promise<void> {
  const path = `${lane}`;
  for (let round = Number(firstRound); ; round++) {
    const draft = sampleDraft({ path, code: `${round} ${"code ".repeat((round % 7) * 400)}` });
    const { number } = await functions.deploy(draft, digestOf(draft), 50);
    if (round % 3 === 0 && number > 1) await functions.select("alice", path, number - 1);
    // Synchronous, so that what is said is in the pipe before anything can kill this process.
    writeSync(1, `${lane} ${round}\n`);
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => write(lane)));
