/** The thread of the test page that has the host of cells, as the volunteer page has one. */
import {
  createWebWorkerCellHost,
  type WebWorkerCellHost,
} from "../../../src/sandbox/hosts/web-worker/web-worker-host.ts";
import { systemClock } from "../../../src/stdx/clock.ts";
import type { Log } from "../../../src/stdx/log.ts";
import { CellRunner, type CellWork } from "../cell-runner.ts";

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

function openHost(): Promise<WebWorkerCellHost> {
  return fetchBytes("/cell.js").then((script) =>
    createWebWorkerCellHost({
      openFrame() {
        frames = Promise.withResolvers();
        self.postMessage({ t: "frame" });
        return frames.promise;
      },
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

async function answer(op: string, argsJson: string): Promise<string> {
  return JSON.stringify({ ok: true, value: { op, args: JSON.parse(argsJson) } });
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

self.onmessage = ({ data }) => {
  const message = data as { t: "frame"; port: MessagePort } | ({ t: "run" } & Request);
  if (message.t === "frame") frames?.resolve(message.port);
  else void run(message);
};
