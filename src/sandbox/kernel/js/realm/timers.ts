import type { HostFunctions } from "../bridge.ts";
import { hostCall } from "./host-call.ts";
import {
  apply,
  MapOf,
  mapClear,
  mapDelete,
  mapForEach,
  mapGet,
  mapSet,
  mapSize,
  TypeErrorOf,
} from "./primordials.ts";
import type { Task } from "./task.ts";

interface Timer {
  readonly callback: (...args: unknown[]) => unknown;
  readonly args: unknown[];
  readonly intervalMs: number | undefined;
}

const delayMsMax = 2 ** 31 - 1;

export interface Timers {
  readonly globals: Readonly<Record<string, (...args: never[]) => unknown>>;
  fire(id: number): void;
  pending(): number;
  end(): void;
}

export function createTimers(host: HostFunctions, task: Task): Timers {
  const timers = new MapOf<number, Timer>();
  let lastId = 0;

  const add = (
    name: string,
    callback: unknown,
    delay: unknown,
    args: unknown[],
    repeats: boolean,
  ): number => {
    if (typeof callback !== "function") {
      throw new TypeErrorOf(
        `${name} takes a function, but got ${callback === null ? "null" : typeof callback}.`,
      );
    }
    const wanted = +(delay as number);
    const delayMs = wanted >= 1 && wanted <= delayMsMax ? wanted : 1;
    const id = ++lastId;
    const timer: Timer = {
      callback: callback as Timer["callback"],
      args,
      intervalMs: repeats ? delayMs : undefined,
    };
    mapSet(timers, id, timer);
    hostCall(() => host.setTimer(id, delayMs));
    return id;
  };

  const clear = (id: unknown) => {
    const number = +(id as number);
    if (mapDelete(timers, number)) hostCall(() => host.clearTimer(number));
  };

  return {
    globals: {
      setTimeout: (callback: unknown, delay?: unknown, ...args: unknown[]) =>
        add("setTimeout", callback, delay, args, false),
      setInterval: (callback: unknown, delay?: unknown, ...args: unknown[]) =>
        add("setInterval", callback, delay, args, true),
      clearTimeout: (id?: unknown) => clear(id),
      clearInterval: (id?: unknown) => clear(id),
    },
    fire(id) {
      const timer = mapGet(timers, id) as Timer | undefined;
      if (!timer) return;
      if (timer.intervalMs === undefined) mapDelete(timers, id);
      task.guard(() => {
        // Set first: a callback may clear its own interval.
        if (timer.intervalMs !== undefined) host.setTimer(id, timer.intervalMs);
        apply(timer.callback, globalThis, timer.args);
      });
    },
    pending: () => mapSize(timers) as number,
    end() {
      mapForEach(timers, (_, id) => host.clearTimer(id as number));
      mapClear(timers);
      lastId = 0;
    },
  };
}
