import type { GuestFault, TaskState } from "../bridge.ts";
import { describeThrown } from "./describe.ts";
import {
  defineProperty,
  descends,
  evaluate,
  isObject,
  PromiseOf,
  parseJson,
  promiseThen,
} from "./primordials.ts";
import { forgetMatch } from "./purity.ts";
import { writeJson } from "./result-json.ts";

/** Runs one script at a time in this realm and keeps what comes of it. */
export interface Task {
  start(source: string, inputJson: string): void;
  /** Calls guest code; what it throws ends the task, as an uncaught exception ends a process. */
  guard(action: () => void): void;
  fail(reason: unknown): void;
  /** From now on a failure ends nothing, and is told to somebody else. */
  divert(tell: (reason: unknown) => void): void;
  state(): TaskState;
  stringify(): boolean;
  resultJson(): string | undefined;
  failureCode(): GuestFault;
  failure(): string;
  end(): void;
}

/** The global object, by the one name that a task begins with. */
const input = globalThis as { INPUT?: unknown };

export function createTask(): Task {
  // There from the beginning, and set to undefined by the proof: adding it anew for each task costs as much as the proof.
  defineProperty(input, "INPUT", { value: undefined, writable: true, enumerable: false, configurable: true });
  let state: TaskState = "running";
  let value: unknown;
  let json: string | undefined;
  let code: GuestFault = "guest_error";
  let failure = "";
  /** Raised at each end, so that a promise of an earlier task settles nothing. */
  let turn = 0;

  let tell: ((reason: unknown) => void) | undefined;

  const fail = (reason: unknown) => {
    if (tell) {
      tell(reason);
      return;
    }
    if (state === "failed") return;
    state = "failed";
    failure = describeThrown(reason);
  };

  const settle = (settled: unknown) => {
    if (state !== "running") return;
    value = settled;
    state = "settled";
  };

  return {
    start(source, inputJson) {
      state = "running";
      json = undefined;
      value = undefined;
      code = "guest_error";
      const mine = turn;
      try {
        // The kernel's own matches are none of a guest's business, where it lives in this realm.
        forgetMatch();
        input.INPUT = parseJson(inputJson);
        // An indirect call of the realm's own eval: the script is sloppy and global, its completion value is exact, its
        // `let` and `const` stay its own, and its `import()` finds nobody who would load anything.
        const completion = evaluate(source);
        if (!descends(completion, PromiseOf.prototype)) {
          settle(completion);
          return;
        }
        promiseThen(
          completion as Promise<unknown>,
          (settled) => {
            if (mine === turn) settle(settled);
          },
          (reason) => {
            if (mine === turn) fail(reason);
          },
        );
      } catch (reason) {
        fail(reason);
      }
    },

    guard(action) {
      try {
        action();
      } catch (reason) {
        fail(reason);
      }
    },

    fail,
    divert(other) {
      tell = other;
    },
    state: () => state,

    stringify() {
      const written = writeJson(value);
      if (written.fault !== undefined) {
        state = "failed";
        code = "result_not_json";
        failure = written.fault;
      } else {
        json = written.json;
      }
      return isObject(value);
    },

    resultJson: () => json,
    failureCode: () => code,
    failure: () => failure,

    end() {
      turn++;
      value = undefined;
      json = undefined;
      failure = "";
    },
  };
}
