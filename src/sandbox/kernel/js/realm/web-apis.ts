import type { HostFunctions } from "../bridge.ts";
import { makeAbort } from "./abort.ts";
import { structuredClone } from "./clone.ts";
import { createCrypto } from "./crypto.ts";
import { makeDatabase } from "./database.ts";
import { domExceptionClass } from "./dom-exception.ts";
import { makeBase64, makeTextDecoder, makeTextEncoder } from "./encoding.ts";
import { makeCustomEvent, makeEvent, makeEventTarget } from "./events.ts";
import { hostCall } from "./host-call.ts";
import { DateOf, descends, PromiseOf, promiseThen, TypeErrorOf } from "./primordials.ts";
import type { Task } from "./task.ts";
import type { Timers } from "./timers.ts";
import { makeUrl } from "./url.ts";
import { makeUrlSearchParams } from "./url-search-params.ts";
import { finishClass } from "./web-class.ts";

export interface WebApis {
  /** Functions, which every realm has at once. */
  readonly functions: Readonly<Record<string, unknown>>;
  /** What is made when a guest first reads it, and frozen, so that nothing can be left on it. */
  readonly lazy: Readonly<Record<string, () => unknown>>;
  /** How many asynchronous operations will yet call guest code. */
  pending(): number;
  subtleDone(operation: number, answer: string, byteLength: number): void;
  /** A signal that stays as it is. */
  neverAborted(): object;
  isSearchParams(value: unknown): boolean;
  end(): void;
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export function createWebApis(host: HostFunctions, task: Task, timers: Timers): WebApis {
  const resolved = PromiseOf.resolve();
  const { atob, btoa } = makeBase64(host);
  const crypto = createCrypto(host, task);
  const event = once(makeEvent);
  const eventTarget = once(() => makeEventTarget(event().access, task.fail));
  const abort = once(() => makeAbort(event().Event, eventTarget(), timers));
  const searchParams = once(() => makeUrlSearchParams(host));
  return {
    functions: {
      atob,
      btoa,
      structuredClone: (value: unknown, options?: unknown) => structuredClone(value, options),
      queueMicrotask: (callback: unknown) => {
        if (typeof callback !== "function") throw new TypeErrorOf("queueMicrotask takes a function.");
        promiseThen(resolved, () => task.guard(() => callback()));
      },
    },
    lazy: {
      TextEncoder: () => makeTextEncoder(host),
      TextDecoder: () => makeTextDecoder(host),
      URL: () => makeUrl(host, searchParams()),
      URLSearchParams: searchParams,
      DOMException: domExceptionClass,
      Event: () => event().Event,
      CustomEvent: () => makeCustomEvent(event().Event),
      EventTarget: eventTarget,
      AbortController: () => abort().AbortController,
      AbortSignal: () => abort().AbortSignal,
      performance: () => makePerformance(host),
      db: () => makeDatabase(host),
      ...crypto.lazy,
    },
    pending: crypto.pending,
    subtleDone: crypto.subtleDone,
    neverAborted: () => new (abort().AbortController)().signal,
    isSearchParams: (value) => descends(value, searchParams().prototype),
    end: crypto.end,
  };
}

function makePerformance(host: HostFunctions): object {
  class Performance {
    /** Milliseconds since the task began, so that it tells nothing of those before. */
    now(): number {
      return hostCall(() => host.now());
    }
    get timeOrigin(): number {
      return DateOf.now() - hostCall(() => host.now());
    }
    toJSON(): { timeOrigin: number } {
      return { timeOrigin: this.timeOrigin };
    }
  }
  return Object.freeze(new (finishClass("Performance", Performance))());
}
