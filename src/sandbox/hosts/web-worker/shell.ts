/**
 * What the worker of a browser's cell runs: connects the kernel to its port and takes everything that is not the language
 * out of the global scope before the first guest. The seal is the frame around the worker, which has no origin and a policy
 * that lets it reach nothing; this only makes what a guest finds the same as in a native cell.
 *
 * A worker has one realm. The kernel shares it with its guests, so a task that leaves a trace spends the cell.
 */
import type { Language } from "../../../protocol/languages.ts";
import type { GuestRuntime } from "../../kernel/guest.ts";
import { createJsRuntime } from "../../kernel/js/js.ts";
import { ownPromise } from "../../kernel/js/own.ts";
import type { RealmPlatform } from "../../kernel/js/realm-session.ts";
import type * as typescript from "../../kernel/js/typescript.ts";
import { Kernel } from "../../kernel/kernel.ts";
import type * as lua from "../../kernel/lua/lua.ts";
import type * as python from "../../kernel/python/python.ts";
import { workerStackBytes } from "../../kernel/python/stack.ts";
import type * as wasm from "../../kernel/wasm/wasm.ts";
import type { CellStart } from "./cell-start.ts";
import { languageNames } from "./globals.ts";
import { createPortPipe } from "./port-pipe.ts";

// biome-ignore lint/security/noGlobalEval: a cell exists to evaluate what guests write; its seal is the frame.
const evaluate: (source: string) => unknown = globalThis.eval;
const loaded = new Map<string, unknown>();

/** Evaluates a part of the kernel that not every cell needs, once. */
function load<Exports>(part: string): Exports {
  if (!loaded.has(part)) {
    const open = evaluate(part) as (scope: typeof kernelScope) => unknown;
    loaded.set(part, open(kernelScope));
  }
  // The build made this text of the very module that the caller names.
  return loaded.get(part) as Exports;
}

interface Scheduler {
  postTask(callback: () => void): unknown;
}

/** Runs something in a later turn of the event loop, and sooner than a timer would. */
function createHop(): (callback: () => void) => void {
  const { scheduler } = globalThis as { scheduler?: Scheduler };
  if (scheduler) return (callback) => void scheduler.postTask(callback);
  const { port1, port2 } = new MessageChannel();
  let waiting: (() => void) | undefined;
  port1.onmessage = () => waiting?.();
  return (callback) => {
    waiting = callback;
    port2.postMessage(undefined);
  };
}

let onUnhandledRejection: ((reason: unknown) => void) | undefined;

function createRealmPlatform(): RealmPlatform {
  const hop = createHop();
  return {
    isShared: true,
    createRealm: () => ({ evaluate }),
    prelude: cellParts.prelude,
    fetchPart: cellParts.fetch,
    stripTypes: (code) => load<typeof typescript>(cellParts.typescript).stripTypes(code),
    // In the first turn browsers find out what was rejected and forgotten, and tell so before the second.
    turn: () => ownPromise((resolve) => hop(() => hop(resolve))),
    onUnhandledRejection(listener) {
      onUnhandledRejection = listener;
    },
  };
}

/** Global objects of workers inherit from web standards too, and what they inherit cannot be changed but emptied. */
function removeGlobals(): void {
  const kept = new Set<PropertyKey>(languageNames);
  let holder: object = globalThis;
  while (holder !== Object.prototype) {
    for (const key of Reflect.ownKeys(holder)) {
      if (holder !== globalThis || !kept.has(key)) Reflect.deleteProperty(holder, key);
    }
    holder = Object.getPrototypeOf(holder) ?? Object.prototype;
  }
}

function makeCoreRuntime(): (language: Language) => GuestRuntime | Promise<GuestRuntime> {
  const platform = createRealmPlatform();
  let js: GuestRuntime | undefined;
  return (language) => {
    if (language === "lua") return load<typeof lua>(cellParts.lua).createLuaRuntime();
    if (language === "wasm") return load<typeof wasm>(cellParts.wasm).createWasmRuntime();
    if (language !== "js") throw new Error(`A core cell does not run ${language}.`);
    js ??= createJsRuntime(platform);
    return js;
  };
}

/** Serves a host until the worker is ended. */
export function start({ kind, port, answers, python: parts }: CellStart): void {
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    onUnhandledRejection?.(event.reason);
  });
  // By name it would not be there any more.
  const tellFrame = postMessage;
  const pipe = createPortPipe(port, answers, tellFrame);
  if (kind === "python") {
    if (!parts) throw new Error("A Python cell was started without its interpreter.");
    const { module, wasmBytes, snapshot } = parts;
    const runtime = load<typeof python>(cellParts.python).createPythonRuntime({
      interpreter: { module, wasmBytes },
      snapshot: new Uint8Array(snapshot),
      stackBytes: workerStackBytes,
    });
    removeGlobals();
    void new Kernel(pipe, () => runtime).serve();
  } else {
    const makeRuntime = makeCoreRuntime();
    removeGlobals();
    // Made before it is asked for, since most cells that start are spares with time on their hands.
    makeRuntime("js");
    void new Kernel(pipe, makeRuntime).serve();
  }
}
