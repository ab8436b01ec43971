/**
 * How many jobs per second the embedded store accepts and ends, durably, against the least that SQLite itself allows;
 * then how long lists and counts take once there are many. Run it alone: `node bench/store.ts [JOBS] [JOBS_HELD]`.
 * JOBS (128,000) are timed. Where JOBS_HELD (0) is given, the store is filled up to it before the reads are timed.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { JobEnd, JobOutput, JobPayload, JobSpec } from "../src/jobs/job.ts";
import type { JobFilter, JobStore } from "../src/jobs/store.ts";
import { systemClock } from "../src/stdx/clock.ts";
import { type JobId, uuidv7 } from "../src/stdx/ids.ts";
import { openSystemDatabase } from "../src/stores/sqlite/system-database.ts";

const clients = 64;
/** The floor and the store take turns, and the best round of each counts: a busy machine only ever takes away. */
const rounds = 8;
const jobs = Number(process.argv[2] ?? 128_000);
const jobsHeld = Number(process.argv[3] ?? 0);

const payload: JobPayload = { code: "40 + 2", inputJson: "null" };
const output: JobOutput = { resultJson: "42", stdout: "", stderr: "" };

function newJob(namespace = "default"): JobSpec {
  const createdAt = Date.now();
  return {
    id: uuidv7(createdAt) as JobId,
    language: "js",
    namespace,
    wasmCid: undefined,
    timeoutMs: 30_000,
    memoryMb: 256,
    priority: 0,
    maxRetries: 3,
    usesDatabase: false,
    placement: "any",
    createdAt,
  };
}

function newEnd(status: JobEnd["status"] = "completed"): JobEnd {
  return {
    status,
    error: undefined,
    errorCode: undefined,
    stats: { wall_ms: 1.5, cpu_ms: 1.25, peak_memory_bytes: 4096 },
    attempts: 1,
    volunteerId: "0199aa00-0000-7000-8000-000000000000",
    startedAt: Date.now(),
    completedAt: Date.now(),
  };
}

/** Jobs per second when each of the clients awaits its insert, then its end, then begins again. */
async function rate(total: number, runOne: () => Promise<void>): Promise<number> {
  let left = total;
  const client = async () => {
    while (left-- > 0) await runOne();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return (total / (performance.now() - start)) * 1000;
}

/** One table, one insert and one update per job, in group commits of the same kind. */
async function floorRate(file: string, total: number): Promise<number> {
  using database = new DatabaseSync(file);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY, body TEXT NOT NULL, status TEXT NOT NULL) STRICT",
  );
  const insert = database.prepare("INSERT INTO jobs (id, body, status) VALUES (?, ?, 'pending')");
  const update = database.prepare("UPDATE jobs SET status = 'completed' WHERE id = ?");
  const begin = database.prepare("BEGIN");
  const commit = database.prepare("COMMIT");
  const body = JSON.stringify({ ...newJob(), ...payload });
  let waiting: { run: () => void; committed: () => void }[] = [];
  const flush = () => {
    const group = waiting;
    waiting = [];
    begin.run();
    for (const { run } of group) run();
    commit.run();
    for (const { committed } of group) committed();
  };
  const durable = (run: () => void) =>
    new Promise<void>((committed) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ run, committed });
    });
  let next = 1;
  // Awaited here: the database is closed when this function is left.
  return await rate(total, async () => {
    const id = next++;
    await durable(() => void insert.run(id, body));
    await durable(() => void update.run(id));
  });
}

function storeRate(store: JobStore, total: number): Promise<number> {
  return rate(total, async () => {
    const spec = newJob();
    await store.insert([[spec, payload]], undefined);
    await store.finish(spec.id, newEnd(), output);
  });
}

async function fill(store: JobStore, total: number): Promise<void> {
  const statuses = ["completed", "completed", "completed", "failed", "cancelled"] as const;
  for (let made = 0; made < total; made += 1000) {
    const specs = Array.from({ length: 1000 }, (_, index) => newJob(`user-${index % 100}`));
    await store.insert(
      specs.map((spec) => [spec, payload]),
      undefined,
    );
    // The last few stay pending.
    if (made + 1000 >= total) return;
    const end = (spec: JobSpec, index: number) =>
      store.finish(spec.id, newEnd(statuses[index % statuses.length]), output);
    await Promise.all(specs.map(end));
  }
}

async function timed(name: string, run: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  const median = times.sort((a, b) => a - b)[3] ?? Number.NaN;
  console.log(`${name.padEnd(52)} ${median.toFixed(2).padStart(9)} ms`);
}

async function timeReads(store: JobStore, held: number): Promise<void> {
  const all: JobFilter = {
    status: undefined,
    namespace: undefined,
    language: undefined,
    limit: 50,
    offset: 0,
  };
  await timed("count by status", () => store.countByStatus());
  await timed("newest 50", () => store.list(all));
  await timed("newest 50, failed", () => store.list({ ...all, status: "failed" }));
  await timed("newest 50 of a namespace", () => store.list({ ...all, namespace: "user-7" }));
  await timed("newest 50 of a namespace, pending", () =>
    store.list({ ...all, namespace: "user-7", status: "pending" }),
  );
  await timed("newest 1,000", () => store.list({ ...all, limit: 1000 }));
  await timed("50 from the middle of all", () => store.list({ ...all, offset: Math.floor(held / 2) }));
  await timed("50 from the end of all", () => store.list({ ...all, offset: held - 50 }));
  await timed("50 from the end of the completed", () =>
    store.list({ ...all, status: "completed", offset: Math.floor(held / 2) }),
  );
  await timed("50 from the end of a namespace", () =>
    store.list({ ...all, namespace: "user-7", offset: Math.max(0, Math.floor(held / 100) - 50) }),
  );
  await timed("delete 256 that ended first", () => store.deleteEndedBefore(Number.MAX_SAFE_INTEGER, 256));
}

// On the checkout's disk: the system's temporary directory is often in memory, where nothing waits for a disk.
const build = join(import.meta.dirname, "..", "build");
mkdirSync(build, { recursive: true });
const directory = mkdtempSync(join(build, "bench-store-"));
try {
  await using database = openSystemDatabase({ dataDir: directory, clock: systemClock });
  const floors: number[] = [];
  const measured: number[] = [];
  for (let round = 0; round < rounds; round++) {
    floors.push(await floorRate(join(directory, `floor-${round}.db`), jobs / rounds));
    measured.push(await storeRate(database.jobs, jobs / rounds));
  }
  const [floor, store] = [Math.max(...floors), Math.max(...measured)];
  const { commits, operations } = database.commits.counters();
  console.log(
    `${clients} clients, ${jobs} jobs: floor ${floor.toFixed(0)} jobs/s, store ${store.toFixed(0)} jobs/s ` +
      `(${(store / floor).toFixed(2)}), ${(operations / commits).toFixed(1)} operations per commit`,
  );
  if (jobsHeld > jobs) await fill(database.jobs, jobsHeld - jobs);
  if (jobsHeld > 0) await timeReads(database.jobs, jobsHeld);
} finally {
  rmSync(directory, { recursive: true });
}
