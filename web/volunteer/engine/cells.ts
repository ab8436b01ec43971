import {
  createWebWorkerCellHost,
  type WebWorkerCellHost,
} from "../../../src/sandbox/hosts/web-worker/web-worker-host.ts";
import type { Clock } from "../../../src/stdx/clock.ts";
import type { Log } from "../../../src/stdx/log.ts";
import type { PythonLoad } from "./messages.ts";
import { PythonLoader } from "./python-loader.ts";

/** What the orchestrator has for cells; see scripts/build-web.ts. */
interface CellParts {
  /** The path of a cell's script. */
  readonly script: string;
}

export interface TabCells {
  readonly host: WebWorkerCellHost;
  pythonLoad(): PythonLoad;
}

export interface TabCellsOptions {
  /** See `WebWorkerCellHostOptions`. */
  openFrame(): Promise<MessagePort>;
  /** Python has come further. */
  changed(): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** Makes a tab's host of cells of what the orchestrator has for it. Rejects with a sentence. */
export async function openTabCells({ openFrame, changed, clock, log }: TabCellsOptions): Promise<TabCells> {
  // The frame takes longest, so it is asked for first.
  const firstFrame = openFrame();
  firstFrame.catch(() => {});
  const parts = await fetchParts();
  const script = await fetchWhole(parts.script).then((response) => response.blob());
  const python = new PythonLoader(changed);
  let opened = false;
  const host = await createWebWorkerCellHost({
    openFrame: () => {
      if (opened) return openFrame();
      opened = true;
      return firstFrame;
    },
    script,
    python: () => python.load(),
    clock,
    log,
  });
  return { host, pythonLoad: () => python.state };
}

async function fetchParts(): Promise<CellParts> {
  const response = await fetchWhole("/volunteer/cells.json");
  // The page and this file are of one build, so its form is known.
  return (await response.json()) as CellParts;
}

async function fetchWhole(path: string): Promise<Response> {
  const response = await fetch(path).catch(() => undefined);
  if (!response) throw new Error(`${location.host} could not be reached.`);
  if (!response.ok) throw new Error(`${location.host} answered with status ${response.status} for ${path}.`);
  return response;
}
