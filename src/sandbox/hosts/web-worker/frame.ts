/**
 * The script of the document in which cells live: it has no origin, and a policy that lets it load nothing and reach
 * nobody. It makes workers, ends them, and writes answers where a blocked worker finds them; all else is the host's.
 */
import { AnswerWriter, makeAnswerBox } from "./answer-box.ts";
import type { CellStart, PythonParts } from "./cell-start.ts";
import { type FromFrame, frameConnect, frameLoaded, type ToFrame } from "./frame-messages.ts";

/**
 * All that the workers have as a script of their own. It gets the kernel's as text. A worker of a `data:` address counts as
 * a secure place and has `crypto.subtle`, which one of a `blob:` address has not where its frame has no origin.
 */
const loader = "onmessage=({data:{script,start}})=>{onmessage=null;(0,eval)(script)(start)}";
const loaderUrls = {
  data: `data:text/javascript,${encodeURIComponent(loader)}`,
  blob: URL.createObjectURL(new Blob([loader], { type: "text/javascript" })),
};

/** How long a browser has to show that such a worker takes shared memory, which the standard leaves open. */
const trialMsMax = 2000;

/** @returns the address that workers are made of: the better one where memory can be shared with it */
function chooseLoader(): Promise<string> {
  if (!shares) return Promise.resolve(loaderUrls.data);
  const trial = "(memory) => { Atomics.store(new Int32Array(memory), 0, 1); postMessage(true); }";
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  return new Promise((resolve) => {
    const worker = new Worker(loaderUrls.data);
    const end = (url: string) => {
      worker.terminate();
      resolve(url);
    };
    setTimeout(() => end(loaderUrls.blob), trialMsMax);
    worker.onerror = () => end(loaderUrls.blob);
    worker.onmessageerror = () => end(loaderUrls.blob);
    worker.onmessage = () =>
      end(Atomics.load(new Int32Array(memory), 0) === 1 ? loaderUrls.data : loaderUrls.blob);
    worker.postMessage({ script: trial, start: memory });
  });
}

interface Inmate {
  readonly worker: Worker;
  readonly answers: AnswerWriter | undefined;
}

const shares = globalThis.crossOriginIsolated && typeof SharedArrayBuffer === "function";

/** Serves one host until the document goes. */
function serve(host: MessagePort): void {
  const inmates = new Map<number, Inmate>();
  let script = "";
  let loaderUrl = loaderUrls.blob;
  let python: PythonParts | undefined;
  const say = (message: FromFrame) => host.postMessage(message);

  const start = ({ cell, kind, port }: Extract<ToFrame, { t: "start" }>) => {
    const worker = new Worker(loaderUrl);
    const box = shares ? makeAnswerBox() : undefined;
    const answers = box && new AnswerWriter(box);
    worker.onmessage = () => answers?.next();
    worker.onerror = ({ message }) => say({ t: "failed", cell, message });
    const parts: CellStart = { kind, port, answers: box, python: kind === "python" ? python : undefined };
    worker.postMessage({ script, start: parts }, [port]);
    inmates.set(cell, { worker, answers });
  };

  const prepare = async (text: Blob) => {
    [script, loaderUrl] = await Promise.all([text.text(), chooseLoader()]);
    say({ t: "ready", shares });
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
        void prepare(data.script);
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
