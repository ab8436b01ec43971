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
  /** Whether a task that has its result waits for it all the same. */
  readonly isAwaited: boolean;
}

export interface Timers {
  readonly globals: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** Calls back once, if the task has not ended by then. */
  background(callback: () => void, delayMs: number): void;
  fire(id: number): void;
  /** How many timers a task with a result waits for. */
  awaited(): number;
  /** How many timers there are. */
  all(): number;
  end(): void;
}

const delayMsMax = 2 ** 31 - 1;

/** As browsers and Node do: what is not a sensible delay is the shortest. */
const clampDelay = (delayMs: number): number => (delayMs >= 1 && delayMs <= delayMsMax ? delayMs : 1);

export function createTimers(host: HostFunctions, task: Task): Timers {
  const timers = new MapOf<number, Timer>();
  let lastId = 0;
  let awaited = 0;

  const set = (timer: Timer, delayMs: number): number => {
    const id = ++lastId;
    mapSet(timers, id, timer);
    if (timer.isAwaited) awaited++;
    hostCall(() => host.setTimer(id, delayMs));
    return id;
  };

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
    const delayMs = clampDelay(+(delay as number));
    const intervalMs = repeats ? delayMs : undefined;
    return set({ callback: callback as Timer["callback"], args, intervalMs, isAwaited: true }, delayMs);
  };

  const remove = (id: number): boolean => {
    const timer = mapGet(timers, id) as Timer | undefined;
    if (!timer) return false;
    mapDelete(timers, id);
    if (timer.isAwaited) awaited--;
    return true;
  };

  const clear = (id: unknown) => {
    const number = +(id as number);
    if (remove(number)) hostCall(() => host.clearTimer(number));
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
    background(callback, delayMs) {
      set({ callback, args: [], intervalMs: undefined, isAwaited: false }, clampDelay(delayMs));
    },
    fire(id) {
      const timer = mapGet(timers, id) as Timer | undefined;
      if (!timer) return;
      const { intervalMs } = timer;
      if (intervalMs === undefined) remove(id);
      task.guard(() => {
        // Set first: a callback may clear its own interval.
        if (intervalMs !== undefined) hostCall(() => host.setTimer(id, intervalMs));
        apply(timer.callback, globalThis, timer.args);
      });
    },
    awaited: () => awaited,
    all: () => mapSize(timers) as number,
    end() {
      mapForEach(timers, (_, id) => host.clearTimer(id as number));
      mapClear(timers);
      lastId = 0;
      awaited = 0;
    },
  };
}
