/**
 * The script of the document in which cells live: it has no origin, and a policy that lets it load nothing and reach
 * nobody. It makes workers, ends them, and writes answers where a blocked worker finds them; all else is the host's.
 */
import { AnswerWriter, makeAnswerBox } from "./answer-box.ts";
import type { CellStart, PythonParts } from "./cell-start.ts";
import { type FromFrame, frameConnect, frameLoaded, type ToFrame } from "./frame-messages.ts";

interface Inmate {
  readonly worker: Worker;
  readonly answers: AnswerWriter | undefined;
}

const shares = globalThis.crossOriginIsolated && typeof SharedArrayBuffer === "function";

/** Serves one host until the document goes. */
function serve(host: MessagePort): void {
  const inmates = new Map<number, Inmate>();
  let script = "";
  let python: PythonParts | undefined;
  const say = (message: FromFrame) => host.postMessage(message);

  const start = ({ cell, kind, port }: Extract<ToFrame, { t: "start" }>) => {
    const worker = new Worker(script);
    const box = shares ? makeAnswerBox() : undefined;
    const answers = box && new AnswerWriter(box);
    worker.onmessage = () => answers?.next();
    worker.onerror = ({ message }) => say({ t: "failed", cell, message });
    const parts: CellStart = { kind, port, answers: box, python: kind === "python" ? python : undefined };
    worker.postMessage(parts, [port]);
    inmates.set(cell, { worker, answers });
  };

  const setPython = async (wasm: ArrayBuffer, snapshot: ArrayBuffer) => {
    try {
      python = { module: await WebAssembly.compile(wasm), wasmBytes: wasm.byteLength, snapshot };
      say({ t: "python", failure: undefined });
    } catch (error) {
      say({ t: "python", failure: String(error) });
    }
  };

  host.onmessage = ({ data }: MessageEvent<ToFrame>) => {
    switch (data.t) {
      case "script":
        script = URL.createObjectURL(data.script);
        say({ t: "ready", shares });
        break;
      case "python":
        void setPython(data.wasm, data.snapshot);
        break;
      case "start":
        start(data);
        break;
      case "kill":
        inmates.get(data.cell)?.worker.terminate();
        inmates.delete(data.cell);
        break;
      case "answer":
        inmates.get(data.cell)?.answers?.write(new Uint8Array(data.bytes));
        break;
      case "ping":
        say({ t: "pong" });
    }
  };
}

/** The page around it is one of the server that this document came from, and speaks first and once. */
const { origin: home } = new URL(location.href);

addEventListener("message", function connect({ source, origin, data, ports }) {
  const [port] = ports;
  if (source !== parent || origin !== home || data !== frameConnect || !port) return;
  removeEventListener("message", connect);
  serve(port);
});
parent.postMessage(frameLoaded, home);
