import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { SqliteKvStore } from "../../src/stores/sqlite/kv-store.ts";
import { liveAndDie } from "../support/live-and-die.ts";

const writer = join(import.meta.dirname, "../support/kv-writer.ts");
const lanes = 24;
/** As the writer has it. */
const namespaceOf = (lane: number) => `user${lane % 3}`;
const roundsPerLife = 1100;
const lives = 3;

test("kill -9 loses no acknowledged write and leaves none half done, 10,000 writes long", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-kv-"));
  t.after(() => rm(directory, { recursive: true }));
  const counted = new Map<string, number>();
  let firstRound = 1;
  for (let life = 0; life < lives; life++) {
    const last = await liveAndDie(writer, { directory, lanes, firstRound }, roundsPerLife);
    await using store = new SqliteKvStore({ directory, clock: systemClock, log: noLog });
    const numberAt = async (namespace: string, key: string) =>
      Number((await store.get(namespace, key))?.valueJson ?? Number.NaN);
    const acknowledgedIn = new Map<string, number>();
    for (const [lane, acknowledged] of last) {
      const namespace = namespaceOf(lane);
      const at = await numberAt(namespace, `${lane}`);
      assert.ok(
        at === acknowledged || at === acknowledged + 1,
        `lane ${lane} is at ${at}, not ${acknowledged}`,
      );
      const left = await numberAt(namespace, `${lane}/left`);
      assert.equal(await numberAt(namespace, `${lane}/right`), left, "a batch was cut in two");
      assert.ok(left === acknowledged || left === at, `the batches of lane ${lane} are at ${left}`);
      const sum = acknowledgedIn.get(namespace) ?? 0;
      acknowledgedIn.set(namespace, sum + acknowledged - firstRound + 1);
    }
    for (const [namespace, acknowledged] of acknowledgedIn) {
      const total = await numberAt(namespace, "total");
      const unacknowledged = total - (counted.get(namespace) ?? 0) - acknowledged;
      // Each of its lanes may have had one increment under way.
      assert.ok(unacknowledged >= 0 && unacknowledged <= lanes / 3, `${unacknowledged} increments too many`);
      counted.set(namespace, total);
    }
    firstRound = Math.max(...last.values()) + 2;
  }
});
