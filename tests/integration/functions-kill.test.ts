import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { DeploymentStore } from "../../src/functions/deployment-store.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { openSystemDatabase } from "../../src/stores/sqlite/system-database.ts";
import { liveAndDie } from "../support/live-and-die.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";

const writer = join(import.meta.dirname, "../support/function-writer.ts");
const lanes = 12;
const roundsPerLife = 500;
const lives = 3;

/** The round in which a lane's latest and current revisions were made; every revision that is listed is whole. */
async function roundsOf(store: DeploymentStore, lane: number) {
  const deployment = await store.find("alice", `${lane}`);
  assert.ok(deployment);
  const rounds = new Map<number, number>();
  for (const { id, number } of deployment.revisions) {
    const revision = await store.revision(id);
    const round = Number(revision?.code?.split(" ")[0]);
    assert.equal(revision?.code, `${round} ${"code ".repeat((round % 7) * 400)}`);
    rounds.set(number, round);
  }
  const latest = deployment.revisions[0]?.number ?? 0;
  return { latest: rounds.get(latest), isLatestCurrent: deployment.current.number === latest };
}

test("kill -9 loses no acknowledged deployment and leaves none half done", async (t) => {
  const directory = await temporaryDirectory(t);
  let firstRound = 1;
  for (let life = 0; life < lives; life++) {
    const last = await liveAndDie(writer, { directory, lanes, firstRound }, roundsPerLife);
    await using database = openSystemDatabase({ dataDir: directory, clock: systemClock });
    for (const [lane, acknowledged] of last) {
      const { latest, isLatestCurrent } = await roundsOf(database.functions, lane);
      assert.ok(latest === acknowledged || latest === acknowledged + 1, `lane ${lane} is at ${latest}`);
      // The rollback of an acknowledged round is acknowledged too; that of the next may not have happened.
      if (latest === acknowledged) assert.equal(isLatestCurrent, acknowledged % 3 !== 0, `lane ${lane}`);
    }
    firstRound = Math.max(...last.values()) + 2;
  }
});
