import type { HostFunctions } from "../bridge.ts";
import { hostCall } from "./host-call.ts";
import { PromiseOf, promiseThen, TypeErrorOf, freeze } from "./primordials.ts";
import type { Task } from "./task.ts";
import type { Timers } from "./timers.ts";

export interface WebApis {
  /** Globals that every realm has at once. */
  readonly eager: Readonly<Record<string, unknown>>;
  /** Globals that are made when a guest first reads them; frozen, so that nothing can be left on them. */
  readonly lazy: Readonly<Record<string, () => unknown>>;
  pending(): number;
  subtleDone(operation: number, answer: string, byteLength: number): void;
  end(): void;
}

export function createWebApis(host: HostFunctions, task: Task, timers: Timers): WebApis {
  const resolved = PromiseOf.resolve();
  return {
    eager: {
      queueMicrotask: (callback: unknown) => {
        if (typeof callback !== "function") throw new TypeErrorOf("queueMicrotask takes a function.");
        promiseThen(resolved, () => task.guard(() => callback()));
      },
    },
    lazy: {
      performance: () => freeze({ now: () => hostCall(() => host.now()) }),
    },
    pending: () => 0,
    subtleDone() {},
    end() { void timers; },
  };
}
