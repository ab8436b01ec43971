import type { GuestFault, HostFunctions } from "../bridge.ts";
import { describeThrown } from "./describe.ts";
import { hostCall } from "./host-call.ts";
import type { LentFetch } from "./lend-fetch.ts";
import {
  apply,
  defineProperty,
  descends,
  evaluate,
  freeze,
  isObject,
  PromiseOf,
  parseJson,
  promiseThen,
  startsWith,
} from "./primordials.ts";
import { writeJson } from "./result-json.ts";
import type { Task } from "./task.ts";

/** What the script of `prepareFunction` evaluates to. */
interface HandlerExports {
  readonly default?: unknown;
  readonly handle?: unknown;
}

export interface GuestFunction {
  load(script: string, envJson: string): void;
  call(requestJson: string): void;
  awaited(): number;
}

interface Handler {
  /** Calls guest code with a `FunctionRequest`. */
  invoke(request: unknown): unknown;
  /** Makes what is to be written as JSON, or a promise of it, of what the guest returned or promised. */
  finish(returned: unknown): unknown;
}

const noHandler =
  'The code defines no handler: it needs a function handle(req), or as a module "export default { fetch(request, env, ctx) }" or "export default function handle(req)".';

/** A function: its code is evaluated once, its handler called often. Its failures are told; those of a call fail it. */
export function createFunction(host: HostFunctions, task: Task, fetch: LentFetch): GuestFunction {
  let handler: Handler | undefined;
  /** The call that is to be answered, or 0; a promise of an earlier one settles nothing. */
  let current = 0;
  let last = 0;
  let awaited = 0;

  const answer = (mine: number, fault: GuestFault | undefined, text: string | undefined) => {
    if (mine !== current) return;
    current = 0;
    hostCall(() => host.answer(fault, text));
  };
  const failed = (mine: number, reason: unknown) => answer(mine, "guest_error", describeThrown(reason));

  /** Calls `next` with a value, once it is there. */
  const settle = (mine: number, begin: () => unknown, next: (value: unknown) => void): void => {
    try {
      const value = begin();
      if (!descends(value, PromiseOf.prototype)) {
        next(value);
        return;
      }
      const guarded = (settled: unknown) => {
        try {
          next(settled);
        } catch (reason) {
          failed(mine, reason);
        }
      };
      promiseThen(value as Promise<unknown>, guarded, (reason) => failed(mine, reason));
    } catch (reason) {
      failed(mine, reason);
    }
  };

  const tell = (reason: unknown) => {
    const text = describeThrown(reason);
    const line = `${startsWith(text, "Uncaught") ? text : `Uncaught ${text}`}\n`;
    hostCall(() => host.write("stderr", line));
  };

  /** The third argument of `fetch`. */
  const makeContext = (): object => ({
    waitUntil(work: unknown): void {
      awaited++;
      const end = () => {
        awaited--;
      };
      promiseThen(new PromiseOf((resolve) => resolve(work)), end, (reason) => {
        end();
        tell(reason);
      });
    },
    passThroughOnException(): void {
      // There is nothing behind a function that a request could be passed on to.
    },
    props: {},
  });

  /** What is no `Response` goes as it is: whether it can be an answer is for the orchestrator to say. */
  const finish = (returned: unknown): unknown =>
    fetch.isResponse(returned) ? fetch.get().answerOf(returned) : returned;

  const choose = (exports: HandlerExports, env: object): Handler | undefined => {
    const main = exports.default;
    const handle = typeof main === "function" ? main : exports.handle;
    if (isObject(main)) {
      const { fetch: onFetch } = main as { fetch?: unknown };
      if (typeof onFetch === "function") {
        const { requestOf } = fetch.get();
        return {
          invoke: (request) => apply(onFetch, main, [requestOf(request), env, makeContext()]),
          finish,
        };
      }
    }
    if (typeof handle !== "function") return undefined;
    return {
      invoke: (request) => apply(handle, undefined, [request]),
      finish,
    };
  };

  return {
    load(script, envJson) {
      task.divert(tell);
      const mine = ++last;
      current = mine;
      defineProperty(globalThis, "ENV", {
        value: freeze(parseJson(envJson)),
        writable: true,
        enumerable: false,
        configurable: true,
      });
      settle(
        mine,
        () => evaluate(script),
        (exports) => {
          // The script ends with the object that holds them.
          handler = choose(exports as HandlerExports, parseJson(envJson) as object);
          if (handler) answer(mine, undefined, undefined);
          else answer(mine, "guest_error", noHandler);
        },
      );
    },

    call(requestJson) {
      const mine = ++last;
      current = mine;
      const write = (value: unknown) => {
        const written = writeJson(value);
        if (written.fault === undefined) answer(mine, undefined, written.json);
        else answer(mine, "result_not_json", written.fault);
      };
      settle(
        mine,
        () => handler?.invoke(parseJson(requestJson)),
        (returned) => settle(mine, () => handler?.finish(returned), write),
      );
    },

    awaited: () => awaited,
  };
}
