/** The test page: opens the sealed frame, and hands its port to the thread that has the host of cells. */
import { type OpenFrame, openFrame } from "../../../src/sandbox/hosts/web-worker/open-frame.ts";

const engine = new Worker("/engine.js");
const waiting = new Map<number, PromiseWithResolvers<unknown>>();
let lastId = 0;
let frame: OpenFrame | undefined;

interface FromEngine {
  readonly t: "frame" | "log" | "ran";
  readonly id: number;
  readonly line: string;
  readonly failure: string | undefined;
}

engine.onmessage = async ({ data }: MessageEvent<FromEngine>) => {
  if (data.t === "log") {
    console.log(data.line);
  } else if (data.t === "frame") {
    frame?.close();
    frame = await openFrame("/frame");
    engine.postMessage({ t: "frame", port: frame.port }, [frame.port]);
  } else {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.failure === undefined) asked?.resolve(data);
    else asked?.reject(new Error(data.failure));
  }
};

function ask(request: object): Promise<unknown> {
  const id = ++lastId;
  const asked = Promise.withResolvers<unknown>();
  waiting.set(id, asked);
  engine.postMessage({ ...request, id });
  return asked.promise;
}

const withBytes = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "$bytes" in value
    ? Uint8Array.from(atob(String(value.$bytes)), (char) => char.charCodeAt(0))
    : value;

/* Work is JSON, with bytes as `{ $bytes }`. */
Object.assign(globalThis, {
  runInTab: (runner: string, workJson: string) =>
    ask({ t: "run", runner, work: JSON.parse(workJson, withBytes) as unknown }),
  loadInTab: (instance: string, workJson: string) =>
    ask({ t: "load", instance, work: JSON.parse(workJson, withBytes) as unknown }),
  callInTab: (instance: string, requestJson: string) =>
    ask({ t: "call", instance, request: JSON.parse(requestJson) as unknown }),
  runRawInTab: (codes: readonly string[]) => ask({ t: "raw", codes }),
  /** Runs one after the other, and tells the server what came of each. */
  async tellFromTab(runner: string, worksJson: string) {
    const answers: unknown[] = [];
    for (const work of JSON.parse(worksJson, withBytes) as unknown[]) {
      answers.push(await ask({ t: "run", runner, work }));
    }
    await fetch("/told", { method: "POST", body: JSON.stringify(answers) });
  },
  floodTab: (workJson: string, cells: number, count: number) =>
    ask({ t: "flood", work: JSON.parse(workJson, withBytes) as unknown, cells, count }),
});
