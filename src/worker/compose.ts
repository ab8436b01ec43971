import { availableParallelism, totalmem } from "node:os";
import type { BlockStore } from "../blocks/store.ts";
import type { CellMeter } from "../meters/cell-meter.ts";
import { limits } from "../protocol/limits.ts";
import type { ConnectLink } from "../protocol/link.ts";
import type { Capabilities } from "../protocol/volunteer.ts";
import { createDenoCellHost } from "../sandbox/hosts/deno/host.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Cid } from "../stdx/ids.ts";
import type { Log } from "../stdx/log.ts";
import { Backoff } from "./backoff.ts";
import { httpModules, ModuleCache, type ModuleSource } from "./modules.ts";
import { noObserver } from "./observer.ts";
import { socketLink } from "./socket-link.ts";
import { Worker } from "./worker.ts";

const firstRetryMs = 250;
const lastRetryMs = 15_000;
const mebibyte = 1024 * 1024;

export interface WorkerOptions {
  /** Undefined: one per core. */
  readonly slots: number | undefined;
  /** Undefined: every namespace. */
  readonly namespaces: readonly string[] | undefined;
  /** How much of the time each slot may be busy: from `shareMin` to 1. */
  readonly share: number;
  readonly cacheDir: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly cellMeter?: CellMeter | undefined;
}

/** A worker of its own, for the orchestrator whose volunteer door is at `url`. Started; dispose it to stop. */
export async function startWorker(
  url: URL,
  token: string | undefined,
  options: WorkerOptions,
): Promise<RunningWorkers> {
  const httpAddress = new URL(url);
  httpAddress.protocol = url.protocol.replace("ws", "http");
  return await start({
    count: 1,
    connect: socketLink(url, token),
    modules: httpModules(httpAddress),
    ...options,
  });
}

/** Workers inside an orchestrator, one after another on the same cells and the same modules. */
export async function startInternalWorkers(
  connect: ConnectLink,
  blocks: Pick<BlockStore, "get">,
  options: WorkerOptions & { readonly count: number },
): Promise<RunningWorkers> {
  const modules = new ModuleCache(async (cid) => {
    const bytes = await blocks.get(cid as Cid);
    if (!bytes) throw new Error(`The module ${cid} is not held here.`);
    return bytes;
  });
  return await start({ connect, modules, ...options });
}

/** Workers that share one host of cells. */
export interface RunningWorkers extends AsyncDisposable {
  /** See `Worker.drain`. */
  drain(withinMs: number): Promise<void>;
}

interface StartOptions extends WorkerOptions {
  readonly count: number;
  readonly connect: ConnectLink;
  readonly modules: ModuleSource;
}

async function start(options: StartOptions): Promise<RunningWorkers> {
  const { clock, log, connect, modules } = options;
  await using undo = new AsyncDisposableStack();
  const cells = undo.use(
    await createDenoCellHost({ cacheDir: options.cacheDir, clock, log, meter: options.cellMeter }),
  );
  const slots = options.slots ?? availableParallelism();
  const settings = {
    slots,
    namespaces: options.namespaces,
    share: options.share,
    capabilities: capabilities(slots * options.count),
    agent: `zerverless/${options.version}`,
  };
  const workers = Array.from({ length: options.count }, () => {
    const backoff = new Backoff(firstRetryMs, lastRetryMs);
    const parts = { connect, cells, modules, clock, log, backoff, observer: noObserver };
    return undo.use(new Worker(parts, settings));
  });
  // Who says ready is ready: the first job finds a cell. What Python needs is looked for once that is done.
  cells.warmed("core").then(() => {
    for (const worker of workers) worker.start();
    cells.prepare().catch((error: unknown) => {
      log.error({ err: error }, "Python's memory snapshot could not be made: Python jobs will fail here");
    });
  });
  const running = undo.move();
  return {
    drain: async (withinMs) => void (await Promise.all(workers.map((worker) => worker.drain(withinMs)))),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Every language; as much memory for one job as leaves the others and the machine some. */
function capabilities(slotsInAll: number): Capabilities {
  const eachMb = Math.floor(totalmem() / mebibyte / (slotsInAll + 1));
  const max_memory_mb = Math.max(limits.memoryMbDefault, Math.min(limits.memoryMbMax, eachMb));
  return { js: true, lua: true, wasm: true, python: true, max_memory_mb };
}
