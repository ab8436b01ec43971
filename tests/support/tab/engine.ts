/** The thread of the test page that has the host of cells, as the volunteer page has one. */

import type { Cell } from "../../../src/sandbox/hosts/cell.ts";
import { FrameConnection } from "../../../src/sandbox/hosts/web-worker/frame-connection.ts";
import {
  createWebWorkerCellHost,
  type WebWorkerCellHost,
} from "../../../src/sandbox/hosts/web-worker/web-worker-host.ts";
import { systemClock } from "../../../src/stdx/clock.ts";
import type { Log } from "../../../src/stdx/log.ts";
import { CellRunner, type CellWork, runIn, tryIn } from "../cell-runner.ts";

declare const self: {
  onmessage: ((message: { data: unknown }) => void) | null;
  postMessage(message: unknown): void;
};

let frames: PromiseWithResolvers<MessagePort> | undefined;
let host: Promise<WebWorkerCellHost> | undefined;
const runners = new Map<string, CellRunner>();

const tell = (line: string) => self.postMessage({ t: "log", line });
const log: Log = {
  debug: (facts, line) => tell(`debug ${line} ${JSON.stringify(facts)}`),
  info: (facts, line) => tell(`info ${line} ${JSON.stringify(facts)}`),
  warn: (facts, line) => tell(`warn ${line} ${JSON.stringify(facts)}`),
  error: (facts, line) =>
    tell(`error ${line} ${JSON.stringify(facts)} ${"err" in facts ? String(facts.err) : ""}`),
};

async function fetchBytes(url: string): Promise<ArrayBuffer> {
  return await (await fetch(url)).arrayBuffer();
}

function openFrame(): Promise<MessagePort> {
  frames = Promise.withResolvers();
  self.postMessage({ t: "frame" });
  return frames.promise;
}

function openHost(): Promise<WebWorkerCellHost> {
  return fetchBytes("/cell.js").then((script) =>
    createWebWorkerCellHost({
      openFrame,
      script: new Blob([script], { type: "text/javascript" }),
      python: async () => ({
        wasm: await fetchBytes("/python.wasm"),
        snapshot: await fetchBytes("/python.snapshot"),
      }),
      clock: systemClock,
      log,
    }),
  );
}

/** A database in which every key has a value, and one a large one. */
async function answer(_op: string, argsJson: string): Promise<string> {
  const { key } = JSON.parse(argsJson) as { key: string };
  const value = key === "large" ? "x".repeat(1_000_000) : `the value of ${key}`;
  return JSON.stringify({ ok: true, value: { value_json: JSON.stringify(value), version: 1 } });
}

interface Request {
  readonly id: number;
  readonly runner: string;
  readonly work: CellWork;
}

async function run({ id, runner: name, work }: Request): Promise<void> {
  try {
    host ??= openHost();
    const cells = await host;
    let runner = runners.get(name);
    if (!runner) {
      runner = new CellRunner(cells, work.language === "python" ? "python" : "core", answer);
      runners.set(name, runner);
    }
    const { cell } = runner;
    const ran = await runner.run(work);
    self.postMessage({ t: "ran", id, ran, lived: cell.alive && runner.cell === cell });
  } catch (error) {
    self.postMessage({ t: "ran", id, failure: String(error) });
  }
}

interface Load {
  readonly id: number;
  readonly instance: string;
  readonly work: CellWork & { readonly env?: Readonly<Record<string, string>> };
}

interface Call {
  readonly id: number;
  readonly instance: string;
  readonly request: unknown;
}

const instances = new Map<string, Cell>();

/** Where a lane of a worker gives up, the orchestrator sends the call again: here both are one, with time in between. */
const takesMax = 12;
const pauseMs = 250;

/** Makes a cell an instance of a function. A spare whose frame has just died is no use, and another is taken. */
async function load({ id, instance, work }: Load): Promise<void> {
  host ??= openHost();
  const { language, code = "", module, env = {} } = work;
  for (let takes = 0; takes < takesMax; takes++) {
    const cell = (await host).take(language === "python" ? "python" : "core");
    const ran = await tryIn(cell, { kind: "load", language, code, module, env }, work, answer);
    if (ran === "unstarted") {
      // A frame whose process has just died is missed a moment later.
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      continue;
    }
    instances.set(instance, cell);
    self.postMessage({ t: "ran", id, ran, lived: cell.alive });
    return;
  }
  throw new Error(`No cell began with ${instance}.`);
}

async function call({ id, instance, request }: Call): Promise<void> {
  const cell = instances.get(instance);
  if (!cell) throw new Error(`Nothing was loaded as ${instance}.`);
  const ran = await runIn(cell, { kind: "call", requestJson: JSON.stringify(request) }, {}, answer);
  self.postMessage({ t: "ran", id, ran, lived: cell.alive });
}

/** Whoever asked hears of it, instead of waiting for ever. */
function tellFailure(id: number): (error: unknown) => void {
  return (error) => self.postMessage({ t: "ran", id, failure: String(error) });
}

interface Raw {
  readonly id: number;
  /** Evaluated, each in a worker of its own, all at once. */
  readonly codes: readonly string[];
}

/** In the place of the kernel: evaluates what it is sent with the worker's whole global scope still there. */
const rawScript = `(({ port }) => {
  port.onmessage = async ({ data: { header } }) => {
    let result;
    try { result = "got " + String(await (0, eval)(header.cid)); }
    catch (error) { result = "refused: " + error; }
    port.postMessage({ header: { result } });
  };
})`;

/** Runs code as a guest would that has broken out of its language and of all that the kernel took away. */
async function runRaw({ id, codes }: Raw): Promise<void> {
  const frame = new FrameConnection(await openFrame(), new Blob([rawScript]), systemClock, () => {});
  await frame.shares;
  const cells = codes.map((code) => {
    const answer = Promise.withResolvers<unknown>();
    const link = frame.open("core", {
      frame: ({ header }) => answer.resolve((header as { result: unknown }).result),
      ended: ({ message }) => answer.resolve(`ended: ${message}`),
    });
    // The one frame whose header has room for any text.
    link.send({ t: "module", cid: code });
    return answer.promise;
  });
  const results = await Promise.all(cells);
  frame.close();
  self.postMessage({ t: "ran", id, results });
}

interface Flood {
  readonly id: number;
  readonly work: CellWork;
  readonly cells: number;
  readonly count: number;
}

/** Runs the same work many times in some cells, each with a few waiting, and tells how long that took. */
async function flood({ id, work, cells, count }: Flood): Promise<void> {
  host ??= openHost();
  const opened = await host;
  let left = count;
  const kind = work.language === "python" ? "python" : "core";
  const lanes = Array.from({ length: cells }, () => new CellRunner(opened, kind, answer));
  await Promise.all(lanes.map((lane) => lane.run(work)));
  const startedAt = performance.now();
  const waiting = 16;
  const keepRunning = async (lane: CellRunner) => {
    while (left-- > 0) await lane.run(work);
  };
  await Promise.all(lanes.flatMap((lane) => Array.from({ length: waiting }, () => keepRunning(lane))));
  const wallMs = performance.now() - startedAt;
  for (const { cell } of lanes) cell.kill();
  self.postMessage({ t: "ran", id, wallMs });
}

self.onmessage = ({ data }) => {
  const message = data as
    | { t: "frame"; port: MessagePort }
    | ({ t: "run" } & Request)
    | ({ t: "flood" } & Flood)
    | ({ t: "raw" } & Raw)
    | ({ t: "load" } & Load)
    | ({ t: "call" } & Call);
  if (message.t === "frame") frames?.resolve(message.port);
  else if (message.t === "flood") void flood(message);
  else if (message.t === "raw") void runRaw(message);
  else if (message.t === "load") load(message).catch(tellFailure(message.id));
  else if (message.t === "call") call(message).catch(tellFailure(message.id));
  else void run(message);
};
