/**
 * A process that fills a data directory whose room is small until the disk refuses, and prints what happened as JSON:
 * `node full-disk-probe.ts DATA_DIR`.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/stdx/clock.ts";
import { AppError } from "../../src/stdx/errors.ts";
import type { JobId } from "../../src/stdx/ids.ts";
import { FileBlockStore } from "../../src/stores/files/block-store.ts";
import { DataLock } from "../../src/stores/sqlite/data-lock.ts";
import { openSystemDatabase } from "../../src/stores/sqlite/system-database.ts";
import { sampleJob } from "./job-samples.ts";
import { everyJob } from "./job-store.ts";

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface FullDiskReport {
  readonly accepted: number;
  readonly jobRefusal: Refusal;
  readonly blockRefusal: Refusal;
  /** What was there while the disk was full, and again after a restart on the full disk. */
  readonly heldWhileFull: number;
  readonly heldAfterRestart: number;
  /** Whether the last accepted job was whole while the disk was full. */
  readonly lastIsWhole: boolean;
  /** What the store said once there was room again. */
  readonly afterwards: "accepted" | Refusal;
}

const attemptsMax = 10_000;
const code = "x".repeat(20_000);

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof AppError)) throw error;
  return { code: error.code, message: error.message };
}

async function untilRefused(attempt: (nth: number) => Promise<unknown>): Promise<Refusal> {
  for (let nth = 0; nth < attemptsMax; nth++) {
    try {
      await attempt(nth);
    } catch (error) {
      return refusalOf(error);
    }
  }
  throw new Error("The disk never refused.");
}

async function probe(dataDir: string): Promise<FullDiskReport> {
  using _lock = DataLock.acquire(dataDir);
  const ballast = join(dataDir, "ballast");
  writeFileSync(ballast, Buffer.alloc(256 * 1024));
  const blocks = await FileBlockStore.open({
    directory: join(dataDir, "blocks"),
    onDamaged: (cid) => console.error(`${cid} is damaged`),
  });
  const open = () => openSystemDatabase({ dataDir, clock: systemClock });

  const accepted: JobId[] = [];
  let database = open();
  const jobRefusal = await untilRefused(async () => {
    const [spec, payload] = sampleJob({}, { code });
    await database.jobs.insert([[spec, payload]], undefined);
    accepted.push(spec.id);
  });
  const blockRefusal = await untilRefused((nth) => blocks.put(Buffer.alloc(3 * 1024 * 1024, nth)));
  const heldWhileFull = (await database.jobs.list(everyJob)).total;
  const last = accepted.at(-1);
  const lastIsWhole = last !== undefined && (await database.jobs.payload(last))?.code === code;

  await database[Symbol.asyncDispose]();
  database = open();
  const heldAfterRestart = (await database.jobs.list(everyJob)).total;
  rmSync(ballast);
  const afterwards = await database.jobs
    .insert([sampleJob()], undefined)
    .then(() => "accepted" as const, refusalOf);
  await database[Symbol.asyncDispose]();
  return {
    accepted: accepted.length,
    jobRefusal,
    blockRefusal,
    heldWhileFull,
    heldAfterRestart,
    lastIsWhole,
    afterwards,
  };
}

if (import.meta.main) {
  // The kernel kills whoever writes past a file size limit, unless it listens; then the write fails instead.
  process.on("SIGXFSZ", () => {});
  const [dataDir] = process.argv.slice(2);
  if (dataDir === undefined) throw new Error("usage: full-disk-probe DATA_DIR");
  console.log(JSON.stringify(await probe(dataDir)));
}
