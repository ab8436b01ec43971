/**
 * What a sealed Deno process runs: connects the kernel to its pipes and to the few things of Deno that it needs, and takes
 * everything else out of the global scope before the first guest. The seal is the process, which has no permission; this
 * only makes what a guest would find, should it ever get out of its language, as small as can be.
 *
 * Arguments: `core`; or `python` or `python-snapshot`, the folder of the pyodide package and a memory snapshot's path.
 */
import { setImmediate } from "node:timers";
import { constants, createContext, Script } from "node:vm";
import type { Language } from "../../../protocol/languages.ts";
import { limits } from "../../../protocol/limits.ts";
import type { GuestRuntime } from "../../kernel/guest.ts";
import { createJsRuntime } from "../../kernel/js/js.ts";
import type { RealmPlatform } from "../../kernel/js/realm-session.ts";
import type * as typescript from "../../kernel/js/typescript.ts";
import { Kernel, type KernelPipe } from "../../kernel/kernel.ts";
import type * as lua from "../../kernel/lua/lua.ts";
import { createPythonRuntime } from "../../kernel/python/python.ts";
import { loadInterpreterModule, makePythonSnapshot } from "../../kernel/python/snapshot-maker.ts";
import { cellStackKb } from "../../kernel/python/stack.ts";
import type * as wasm from "../../kernel/wasm/wasm.ts";
import { type Frame, FrameDecoder, FrameWriter } from "../../kernel/wire.ts";

const { args, exit, readFileSync } = Deno;
const stdin = Deno.stdin;
const stdout = Deno.stdout;

const readBytes = 64 << 10;
/** The host's largest frame: a module, or code with its input. */
const hostFrameBytesMax = 2 * (limits.codeBytesMax * 2 + limits.inputBytesMax + limits.wasmBytesMax);

/** Frames over the process's pipes, one blocking read at a time: while the kernel waits here nothing else runs. */
function createPipe(): KernelPipe {
  const decoder = new FrameDecoder(hostFrameBytesMax);
  const writer = new FrameWriter();
  const buffer = new Uint8Array(readBytes);
  let ready: Frame[] = [];
  let at = 0;
  const read = (): boolean => {
    const length = stdin.readSync(buffer);
    if (length === null) return false;
    ready = decoder.push(buffer.slice(0, length));
    at = 0;
    return true;
  };
  const next = () => {
    while (at === ready.length) if (!read()) return undefined;
    return ready[at++];
  };
  return {
    next,
    wait: next,
    send(header, payload) {
      writer.add(header, payload);
      const frame = writer.take();
      for (let sent = 0; sent < frame.length; ) sent += stdout.writeSync(frame.subarray(sent));
    },
    halt() {
      // Until the host kills the process, or is gone itself.
      while (stdin.readSync(buffer) !== null);
      return exit(0);
    },
  };
}

const loaded = new Map<string, unknown>();

/** Evaluates a part of the kernel that not every cell needs, once. Unread, it costs a cell's start a third as much. */
function load<Exports>(part: string): Exports {
  if (!loaded.has(part)) loaded.set(part, new Script(part, { filename: "kernel-part" }).runInThisContext());
  // The build made this text of the very module that the caller names.
  return loaded.get(part) as Exports;
}

let onUnhandledRejection: ((reason: unknown) => void) | undefined;

/** Realms are contexts of V8. A context made this way has the language's own globals and runs at full speed. */
function createRealmPlatform(): RealmPlatform {
  const scripts = new Map<string, Script>();
  const scriptOf = (source: string): Script => {
    const known = scripts.get(source);
    if (known) return known;
    const script = new Script(source, { filename: "realm" });
    scripts.set(source, script);
    return script;
  };
  return {
    isShared: false,
    createRealm() {
      const context = createContext(constants.DONT_CONTEXTIFY);
      return { evaluate: (source) => scriptOf(source).runInContext(context) };
    },
    prelude: kernelParts.prelude,
    fetchPart: kernelParts.fetch,
    stripTypes: (code) => load<typeof typescript>(kernelParts.typescript).stripTypes(code),
    turn: () => new Promise((resolve) => void setImmediate(resolve)),
    onUnhandledRejection(listener) {
      onUnhandledRejection = listener;
    },
  };
}

/** Web standards that the kernel uses; beside these and the language's own, a global is taken away. */
const keptGlobals = [
  "setTimeout",
  "clearTimeout",
  "queueMicrotask",
  "atob",
  "btoa",
  "TextEncoder",
  "TextDecoder",
  "URL",
  "URLSearchParams",
  "crypto",
  "performance",
];

function removeGlobals(): void {
  const language = Object.getOwnPropertyNames(createContext(constants.DONT_CONTEXTIFY));
  const kept = new Set([...language, ...keptGlobals]);
  // By name only: with a symbol Deno marks its own, and needs it to tell of an unhandled rejection.
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!kept.has(name)) Reflect.deleteProperty(globalThis, name);
  }
}

function makeCoreRuntime(
  platform: RealmPlatform,
): (language: Language) => GuestRuntime | Promise<GuestRuntime> {
  // Made before it is asked for, since most cells that start are spares with time on their hands.
  const js = createJsRuntime(platform);
  return (language) => {
    if (language === "js") return js;
    if (language === "lua") return load<typeof lua>(kernelParts.lua).createLuaRuntime();
    if (language === "wasm") return load<typeof wasm>(kernelParts.wasm).createWasmRuntime();
    throw new Error(`A core cell does not run ${language}.`);
  };
}

async function start(): Promise<void> {
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onUnhandledRejection?.(event.reason);
  });
  const [kind, pythonDir = "", snapshotPath] = args;
  const indexUrl = new URL(`file://${pythonDir}/`).href;
  const pipe = createPipe();
  if (kind === "python-snapshot") {
    const snapshot = await makePythonSnapshot(indexUrl);
    pipe.send({ t: "snapshot" }, snapshot);
    return;
  }
  if (kind === "python") {
    const snapshot =
      snapshotPath === undefined ? await makePythonSnapshot(indexUrl) : readFileSync(snapshotPath);
    const interpreter = await loadInterpreterModule(indexUrl);
    const python = createPythonRuntime({ interpreter, snapshot, stackBytes: cellStackKb * 1024 });
    removeGlobals();
    await new Kernel(pipe, () => python).serve();
  } else {
    const makeRuntime = makeCoreRuntime(createRealmPlatform());
    removeGlobals();
    await new Kernel(pipe, makeRuntime).serve();
  }
}

await start();
exit(0);
