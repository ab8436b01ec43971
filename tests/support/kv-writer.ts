/**
 * A program to be killed: writes to the databases in the directory it is given, as fast as it can, and says on stdout
 * what was acknowledged. Each of its lanes writes one thing after another; all lanes write at once.
 *
 *   lane n writes the key `n`, and in one batch the keys `n/left` and `n/right`, each with the number of the round
 *   every lane increments `total` by 1 per round
 */
import { writeSync } from "node:fs";
import { systemClock } from "../../src/stdx/clock.ts";
import { checkedJsonText, jsonTextOf } from "../../src/stdx/json-text.ts";
import { noLog } from "../../src/stdx/log.ts";
import { SqliteKvStore } from "../../src/stores/sqlite/kv-store.ts";

const namespaceOf = (lane: number) => `user${lane % 3}`;

const [directory = "", lanes = "", firstRound = ""] = process.argv.slice(2);
const store = new SqliteKvStore({ directory, clock: systemClock, log: noLog });
const padding = checkedJsonText(JSON.stringify("x".repeat(3000)));

async function write(lane: number): Promise<void> {
  const namespace = namespaceOf(lane);
  const put = (key: string, valueJson = padding) =>
    ({ op: "set", key, valueJson, expiresAt: undefined, condition: undefined }) as const;
  for (let round = Number(firstRound); ; round++) {
    await store.set(namespace, put(`${lane}`, jsonTextOf(round)));
    await store.batch(namespace, [
      put(`${lane}/left`, jsonTextOf(round)),
      put(`${lane}/padding/${round % 50}`),
      put(`${lane}/right`, jsonTextOf(round)),
    ]);
    await store.increment(namespace, { op: "increment", key: "total", by: 1, expiresAt: undefined });
    // Synchronous, so that what is said is in the pipe before anything can kill this process.
    writeSync(1, `${lane} ${round}\n`);
  }
}

await Promise.all(Array.from({ length: Number(lanes) }, (_, lane) => write(lane)));
