/**
 * A process that fills a job store until it is killed: `node job-store-writer.ts MODULE LOCATION`. MODULE exports
 * `openJobStore(location)`. Each line it prints was acknowledged before: `inserted ID…` for jobs accepted together,
 * `finished ID`. What a job holds follows from its id, so that whoever reads the store can tell a half from a whole.
 */
import { writeSync } from "node:fs";
import type { JobStore } from "../../src/jobs/store.ts";
import type { JobId } from "../../src/stdx/ids.ts";
import { newJobId, sampleEnd, sampleJob, sampleOutput } from "./job-samples.ts";

const writers = 16;

/** Some larger than a page of any database, some tiny. */
function sizeOf(id: JobId): number {
  return (Number.parseInt(id.slice(-4), 16) % 5) ** 4 * 40;
}

/** @param together the ids of the jobs that were accepted with it, its own among them */
export function codeOf(id: JobId, together: readonly JobId[]): string {
  return `${together.join(" ")}\n${id} ${"code ".repeat(sizeOf(id))}`;
}

export function outputOf(id: JobId) {
  return sampleOutput({ resultJson: `"${id}"`, stdout: `${id} ${"out ".repeat(sizeOf(id))}` });
}

async function write(store: JobStore): Promise<never> {
  for (let round = 0; ; round++) {
    const ids = Array.from({ length: 1 + (round % 3) }, newJobId);
    const jobs = ids.map((id) => sampleJob({ id }, { code: codeOf(id, ids) }));
    await store.insert(jobs, undefined);
    writeSync(1, `inserted ${ids.join(" ")}\n`);
    for (const id of ids.slice(1)) {
      await store.finish(id, sampleEnd(), outputOf(id));
      writeSync(1, `finished ${id}\n`);
    }
  }
}

if (import.meta.main) {
  const [module, location] = process.argv.slice(2);
  if (module === undefined || location === undefined)
    throw new Error("usage: job-store-writer MODULE LOCATION");
  const { openJobStore }: { openJobStore(location: string): JobStore } = await import(module);
  const store = openJobStore(location);
  await Promise.all(Array.from({ length: writers }, () => write(store)));
}
