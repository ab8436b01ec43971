import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { JobStore } from "../../src/jobs/store.ts";
import type { JobId } from "../../src/stdx/ids.ts";
import { everyJob } from "./job-store.ts";
import { codeOf, outputOf } from "./job-store-writer.ts";

export interface CrashHarness {
  readonly location: string;
  /** Opens the store as after a restart; it is closed by disposing the answer. */
  open(): { readonly store: JobStore } & AsyncDisposable;
}

interface Acknowledged {
  /** The jobs of each accepted submission. */
  readonly inserted: readonly (readonly JobId[])[];
  readonly finished: readonly JobId[];
}

const rounds = 4;

/**
 * What every JobStore on a disk does when its process is killed.
 * @param module the address of a module with `openJobStore(location)`, for a process of its own
 */
export function jobStoreCrashContract(
  name: string,
  module: URL,
  makeHarness: (t: TestContext) => CrashHarness,
): void {
  test(`${name}: kill -9 at any moment loses nothing that was acknowledged and leaves nothing half`, async (t) => {
    const harness = makeHarness(t);
    const inserted: (readonly JobId[])[] = [];
    const finished: JobId[] = [];
    for (let round = 0; round < rounds; round++) {
      const lines = 20 + Math.floor(Math.random() * 600);
      const acknowledged = await writeUntilKilled(t, module, harness.location, lines);
      inserted.push(...acknowledged.inserted);
      finished.push(...acknowledged.finished);
      await using reopened = harness.open();
      t.diagnostic(`${inserted.length} submissions and ${finished.length} ends acknowledged`);
      await checkAcknowledged(reopened.store, { inserted, finished });
      await checkWhole(reopened.store);
    }
    assert.ok(finished.length > 0);
  });
}

/** Kills the writer after so many lines, and answers with all that it acknowledged before it died. */
async function writeUntilKilled(
  t: TestContext,
  module: URL,
  location: string,
  lines: number,
): Promise<Acknowledged> {
  const script = fileURLToPath(new URL("job-store-writer.ts", import.meta.url));
  const child = spawn(process.execPath, [script, module.href, location], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const inserted: JobId[][] = [];
  const finished: JobId[] = [];
  let read = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    // The writer only prints ids that it made.
    const [what, ...ids] = line.split(" ") as [string, ...JobId[]];
    if (what === "inserted") inserted.push(ids);
    else finished.push(...ids);
    read += 1;
    if (read === lines) child.kill("SIGKILL");
  }
  const [, signal] = await exited;
  assert.equal(signal, "SIGKILL", "the writer ends in no other way");
  return { inserted, finished };
}

async function checkAcknowledged(store: JobStore, { inserted, finished }: Acknowledged): Promise<void> {
  for (const ids of inserted) {
    for (const id of ids) assert.ok(await store.get(id), `${id} was acknowledged and is lost`);
  }
  for (const id of finished) {
    assert.equal(
      (await store.get(id))?.state.status,
      "completed",
      `the end of ${id} was acknowledged and is lost`,
    );
  }
}

/** Every job that is there, acknowledged or not, is there with all its parts and all that came with it. */
async function checkWhole(store: JobStore): Promise<void> {
  const ids: JobId[] = [];
  const { total } = await store.list({ ...everyJob, limit: 1 });
  for (let offset = 0; offset < total; offset += everyJob.limit) {
    const page = await store.list({ ...everyJob, offset });
    ids.push(...page.jobs.map((job) => job.spec.id));
  }
  assert.equal(new Set(ids).size, total);
  const known: ReadonlySet<string> = new Set(ids);
  const counts = { pending: 0, running: 0, completed: 0, failed: 0, cancelled: 0 };
  for (const id of ids) {
    const state = (await store.get(id))?.state;
    assert.ok(state);
    counts[state.status] += 1;
    const code = (await store.payload(id))?.code;
    const together = (code?.split("\n")[0] ?? "").split(" ") as JobId[];
    assert.equal(code, codeOf(id, together));
    for (const companion of together) assert.ok(known.has(companion), `${id} is there without ${companion}`);
    const ended = state.status === "completed";
    assert.deepEqual(await store.output(id), ended ? outputOf(id) : undefined);
  }
  assert.deepEqual(await store.countByStatus(), counts);
  const unfinished = await Array.fromAsync(store.unfinished());
  assert.equal(unfinished.length, counts.pending);
}
