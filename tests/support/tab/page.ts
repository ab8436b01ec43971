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

Object.assign(globalThis, {
  /** @param workJson with bytes as `{ $bytes }` */
  runInTab(runner: string, workJson: string): Promise<unknown> {
    const work: unknown = JSON.parse(workJson, (_, value: unknown) =>
      typeof value === "object" && value !== null && "$bytes" in value
        ? Uint8Array.from(atob(String(value.$bytes)), (char) => char.charCodeAt(0))
        : value,
    );
    const id = ++lastId;
    const asked = Promise.withResolvers<unknown>();
    waiting.set(id, asked);
    engine.postMessage({ t: "run", id, runner, work });
    return asked.promise;
  },
});
