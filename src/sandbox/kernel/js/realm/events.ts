import { domException } from "./dom-exception.ts";
import {
  apply,
  arraySlice,
  DateOf,
  isObject,
  MapOf,
  mapGet,
  mapSet,
  push,
  TypeErrorOf,
} from "./primordials.ts";
import { finishClass } from "./web-class.ts";

interface Listener {
  readonly callback: object;
  readonly capture: boolean;
  readonly once: boolean;
  removed: boolean;
}

/** Reports what a listener threw, which must not stop the others. */
export type ReportError = (error: unknown) => void;

interface EventAccess {
  begin(event: object, target: object): void;
  end(event: object): void;
  isStopped(event: object): boolean;
  isCanceled(event: object): boolean;
}

const now = DateOf.now;

export function makeEvent() {
  let access: EventAccess | undefined;
  class Event {
    readonly #type: string;
    readonly #bubbles: boolean;
    readonly #cancelable: boolean;
    readonly #composed: boolean;
    readonly #timeStamp = now();
    #target: object | null = null;
    #isDispatching = false;
    #stopped = false;
    #canceled = false;

    static {
      access = {
        begin(event, target) {
          if (!(#target in event)) throw new TypeErrorOf("dispatchEvent takes an Event.");
          if (event.#isDispatching) throw domException("The event is being dispatched.", "InvalidStateError");
          event.#target = target;
          event.#isDispatching = true;
          event.#stopped = false;
        },
        end(event) {
          if (#target in event) event.#isDispatching = false;
        },
        isStopped: (event) => #target in event && event.#stopped,
        isCanceled: (event) => #target in event && event.#canceled,
      };
    }

    constructor(type: unknown, init?: unknown) {
      const options = (isObject(init) ? init : {}) as Record<string, unknown>;
      this.#type = `${type}`;
      this.#bubbles = !!options.bubbles;
      this.#cancelable = !!options.cancelable;
      this.#composed = !!options.composed;
    }
    get type(): string {
      return this.#type;
    }
    get target(): object | null {
      return this.#target;
    }
    get currentTarget(): object | null {
      return this.#isDispatching ? this.#target : null;
    }
    get bubbles(): boolean {
      return this.#bubbles;
    }
    get cancelable(): boolean {
      return this.#cancelable;
    }
    get composed(): boolean {
      return this.#composed;
    }
    get defaultPrevented(): boolean {
      return this.#canceled;
    }
    get timeStamp(): number {
      return this.#timeStamp;
    }
    get isTrusted(): boolean {
      return false;
    }
    preventDefault(): void {
      if (this.#cancelable) this.#canceled = true;
    }
    stopPropagation(): void {
      // There is nothing above a target here.
    }
    stopImmediatePropagation(): void {
      this.#stopped = true;
    }
  }
  const made = finishClass("Event", Event);
  if (!access) throw new TypeErrorOf("The class gave no access to its fields.");
  return { Event: made, access };
}

export type EventClass = ReturnType<typeof makeEvent>["Event"];

export function makeCustomEvent(Event: EventClass) {
  class CustomEvent extends Event {
    readonly #detail: unknown;
    constructor(type: unknown, init?: unknown) {
      super(type, init);
      this.#detail = isObject(init) ? ((init as { detail?: unknown }).detail ?? null) : null;
    }
    get detail(): unknown {
      return this.#detail;
    }
  }
  return finishClass("CustomEvent", CustomEvent);
}

export function makeEventTarget(access: EventAccess, report: ReportError) {
  class EventTarget {
    readonly #listeners = new MapOf<string, Listener[]>();

    #of(type: unknown): Listener[] {
      return (mapGet(this.#listeners, `${type}`) as Listener[] | undefined) ?? [];
    }
    addEventListener(type: unknown, callback: unknown, options?: unknown): void {
      if (callback === null || callback === undefined) return;
      if (!isObject(callback)) throw new TypeErrorOf("addEventListener takes a function or an object.");
      const { capture, once, signal } = readOptions(options);
      if (signal?.aborted) return;
      const listeners = this.#of(type);
      for (let index = 0; index < listeners.length; index++) {
        const listener = listeners[index] as Listener;
        if (listener.callback === callback && listener.capture === capture) return;
      }
      const extended = arraySlice(listeners, 0) as Listener[];
      push(extended, { callback, capture, once, removed: false });
      mapSet(this.#listeners, `${type}`, extended);
      signal?.addEventListener("abort", () => this.removeEventListener(type, callback, { capture }));
    }
    removeEventListener(type: unknown, callback: unknown, options?: unknown): void {
      const { capture } = readOptions(options);
      const listeners = this.#of(type);
      const kept: Listener[] = [];
      for (let index = 0; index < listeners.length; index++) {
        const listener = listeners[index] as Listener;
        if (listener.callback === callback && listener.capture === capture) listener.removed = true;
        else push(kept, listener);
      }
      mapSet(this.#listeners, `${type}`, kept);
    }
    dispatchEvent(event: unknown): boolean {
      if (!isObject(event)) throw new TypeErrorOf("dispatchEvent takes an Event.");
      access.begin(event, this);
      const type: unknown = (event as { type?: unknown }).type;
      const listeners = this.#of(type);
      for (let index = 0; index < listeners.length && !access.isStopped(event); index++) {
        const listener = listeners[index] as Listener;
        if (listener.removed) continue;
        if (listener.once) this.removeEventListener(type, listener.callback, { capture: listener.capture });
        try {
          notify(listener.callback, this, event);
        } catch (error) {
          report(error);
        }
      }
      access.end(event);
      return !access.isCanceled(event);
    }
  }
  return finishClass("EventTarget", EventTarget);
}

export type EventTargetClass = ReturnType<typeof makeEventTarget>;

function notify(callback: object, target: object, event: object): void {
  if (typeof callback === "function") {
    apply(callback, target, [event]);
    return;
  }
  const { handleEvent } = callback as { handleEvent?: unknown };
  if (typeof handleEvent !== "function") throw new TypeErrorOf("The listener has no handleEvent.");
  apply(handleEvent, callback, [event]);
}

interface SignalLike {
  readonly aborted: boolean;
  addEventListener(type: string, callback: () => void): void;
}

function readOptions(options: unknown): { capture: boolean; once: boolean; signal: SignalLike | undefined } {
  if (!isObject(options)) return { capture: !!options, once: false, signal: undefined };
  const { capture, once, signal } = options as { capture?: unknown; once?: unknown; signal?: SignalLike };
  return { capture: !!capture, once: !!once, signal };
}
