import { domException } from "./dom-exception.ts";
import type { EventClass, EventTargetClass } from "./events.ts";
import { apply, NumberOf, TypeErrorOf } from "./primordials.ts";
import type { Timers } from "./timers.ts";
import { finishClass } from "./web-class.ts";

export function makeAbort(Event: EventClass, EventTarget: EventTargetClass, timers: Timers) {
  /** Only the classes here may make signals and abort them. */
  const key = {};
  let abortSignal: ((signal: object, reason: unknown) => void) | undefined;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason: unknown;
    #onabort: unknown = null;

    static {
      abortSignal = (signal, reason) => {
        if (!(#aborted in signal) || signal.#aborted) return;
        signal.#aborted = true;
        signal.#reason =
          reason === undefined ? domException("This operation was aborted", "AbortError") : reason;
        const event = new Event("abort");
        const handler = signal.#onabort;
        if (typeof handler === "function") apply(handler, signal, [event]);
        signal.dispatchEvent(event);
      };
    }

    constructor(given?: unknown) {
      if (given !== key) throw new TypeErrorOf("Illegal constructor");
      super();
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(key);
      abortSignal?.(signal, reason);
      return signal;
    }
    static timeout(delayMs: unknown): AbortSignal {
      const signal = new AbortSignal(key);
      const reason = domException("The operation timed out.", "TimeoutError");
      timers.background(() => abortSignal?.(signal, reason), NumberOf(delayMs));
      return signal;
    }
    static any(signals: Iterable<AbortSignal>): AbortSignal {
      const any = new AbortSignal(key);
      for (const signal of signals) {
        if (signal.aborted) {
          abortSignal?.(any, signal.reason);
          break;
        }
        signal.addEventListener("abort", () => abortSignal?.(any, signal.reason), { once: true });
      }
      return any;
    }
    get aborted(): boolean {
      return this.#aborted;
    }
    get reason(): unknown {
      return this.#reason;
    }
    get onabort(): unknown {
      return this.#onabort;
    }
    set onabort(handler: unknown) {
      this.#onabort = handler;
    }
    throwIfAborted(): void {
      if (this.#aborted) throw this.#reason;
    }
  }

  class AbortController {
    readonly #signal = new AbortSignal(key);
    get signal(): AbortSignal {
      return this.#signal;
    }
    abort(reason?: unknown): void {
      abortSignal?.(this.#signal, reason);
    }
  }
  return {
    AbortSignal: finishClass("AbortSignal", AbortSignal),
    AbortController: finishClass("AbortController", AbortController),
  };
}
