import type { GuestIo, GuestOutcome } from "../guest.ts";
import { askHost } from "../host-question.ts";
import type { HostFunctions, Install, ProofFactory, RealmBridge } from "./bridge.ts";
import { createPlainHost, type PlainHost } from "./host-functions.ts";
import { ownMap, ownPromise } from "./own.ts";
import { SubtleHost } from "./subtle-host.ts";
import type { StripTypes } from "./typescript.ts";

/** A JavaScript world of its own: its own `Object`, `Function` and so on. */
export interface Realm {
  /** Runs a script of the kernel's and gives its completion value. May keep the compiled script for other realms. */
  evaluate(source: string): unknown;
}

/** What the shell around the kernel lends to the JavaScript runtime. */
export interface RealmPlatform {
  /**
   * Whether there is but one realm, the kernel's own. What a guest changes in it is then put back before the kernel goes
   * on, and the cell is spent.
   */
  readonly isShared: boolean;
  createRealm(): Realm;
  /** The bundle of `realm/prelude.ts`, a script that evaluates to its exports. */
  readonly prelude: string;
  /** That of `realm/fetch/part.ts`. */
  readonly fetchPart: string;
  /** That of `typescript.ts`, which a shell may load at first use. */
  readonly stripTypes: StripTypes;
  /** Resolves when every microtask has run, those too that others queued, and their rejections were reported. */
  turn(): Promise<void>;
  /** Sets who hears of promises that were rejected and never handled, in whatever realm. */
  onUnhandledRejection(listener: ((reason: unknown) => void) | undefined): void;
}

/** How long an answer waits for the work that its function wants to be waited for. */
const afterwardsMsMax = 1000;

/**
 * How V8 refuses buffers beyond what a process may have. Where guests share the kernel's realm nothing else bounds them, and
 * the next task needs that memory.
 */
const ranOutOfMemory =
  /^RangeError: (?:Array buffer allocation failed|WebAssembly\.Memory\(\): could not allocate)/;

const stuck: GuestOutcome = {
  ok: false,
  code: "guest_error",
  message: "The code waits for a promise that nothing is left to settle.",
};

/** One realm from its making to its end, for one task after another as long as it proves clean. */
export class RealmSession {
  readonly #platform: RealmPlatform;
  readonly #bridge: RealmBridge;
  readonly #plain: PlainHost;
  readonly #subtle: SubtleHost;
  readonly #timers = ownMap<number, ReturnType<typeof setTimeout>>();
  /** The proof's text, to spare later realms the writing. */
  readonly proofSource: string;
  readonly #fetchPart: () => unknown;
  #io: GuestIo | undefined;
  #startedAt = 0;
  #wake: (() => void) | undefined;
  /** What the function told of its loading, or of the call at hand. */
  #answer: GuestOutcome | undefined;
  /** Whether the realm proved clean, where that was looked at before the outcome was told. */
  #proved: boolean | undefined;

  constructor(platform: RealmPlatform, proofSource: string | undefined) {
    this.#platform = platform;
    const realm = platform.createRealm();
    this.#plain = createPlainHost();
    this.#subtle = new SubtleHost(this.#plain, (operation, answer, byteLength) => {
      this.#enter(() => this.#bridge.subtleDone(operation, answer, byteLength));
    });
    // The bundle's own types say what these are; a realm knows only `unknown`.
    const { install } = realm.evaluate(platform.prelude) as { install: Install };
    this.#fetchPart = () => realm.evaluate(platform.fetchPart);
    const proof = proofSource === undefined ? undefined : (realm.evaluate(proofSource) as ProofFactory);
    this.#bridge = { ...install(this.#hostFunctions(), proof, platform.isShared) };
    this.proofSource = proofSource ?? this.#bridge.proofSource();
  }

  async run(script: string, inputJson: string, io: GuestIo): Promise<GuestOutcome> {
    // Whoever called has the promise of this in hand before guest code runs, which may change what awaiting means.
    await undefined;
    const outcome = await this.#run(script, inputJson, io);
    if (!this.#platform.isShared) return outcome;
    this.#proved = this.#clean();
    if (outcome.ok || !ranOutOfMemory.test(outcome.message)) return outcome;
    this.#proved = false;
    return { ok: false, code: "memory_exceeded", message: "The code used more memory than there is." };
  }

  async #run(script: string, inputJson: string, io: GuestIo): Promise<GuestOutcome> {
    const { turn, onUnhandledRejection } = this.#platform;
    const bridge = this.#bridge;
    this.#io = io;
    this.#startedAt = performance.now();
    onUnhandledRejection((reason) => this.#enter(() => bridge.rejected(reason)));
    bridge.start(script, inputJson);
    let written = false;
    for (;;) {
      // Also after a failure, and after the result was written: guest code may have queued more of itself.
      await turn();
      if (bridge.state() === "failed") break;
      if (bridge.pending() > 0) {
        await this.#activity();
      } else if (bridge.state() === "running") {
        return stuck;
      } else if (written) {
        break;
      } else {
        written = true;
        const ranGuestCode = bridge.stringify();
        if (!ranGuestCode) break;
      }
    }
    if (bridge.state() !== "failed") return { ok: true, resultJson: bridge.resultJson() };
    // Telling what was thrown may have run getters of the guest.
    await turn();
    return { ok: false, code: bridge.failureCode(), message: bridge.failure() };
  }

  /** Loads a function, after which this realm runs nothing but its calls. */
  async load(script: string, envJson: string, io: GuestIo): Promise<GuestOutcome> {
    this.#startedAt = performance.now();
    this.#platform.onUnhandledRejection((reason) => this.#enter(() => this.#bridge.rejected(reason)));
    return await this.#await(io, () => this.#bridge.load(script, envJson));
  }

  async call(requestJson: string, io: GuestIo): Promise<GuestOutcome> {
    return await this.#await(io, () => this.#bridge.call(requestJson));
  }

  /** Waits until the function has answered, and until what it queued meanwhile has run. */
  async #await(io: GuestIo, begin: () => void): Promise<GuestOutcome> {
    const bridge = this.#bridge;
    this.#io = io;
    this.#answer = undefined;
    begin();
    for (;;) {
      // Nothing of a guest's runs between calls, where nobody watches it: so everything that is ready runs now.
      await this.#platform.turn();
      if (this.#answer) break;
      if (bridge.underway() === 0) return stuck;
      await this.#activity();
    }
    if (bridge.awaited() > 0) await this.#afterwards();
    return this.#answer;
  }

  /** Gives the work that a function wants to be waited for its time. */
  async #afterwards(): Promise<void> {
    const bridge = this.#bridge;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake?.();
    }, afterwardsMsMax);
    while (!isLate && bridge.awaited() > 0 && bridge.underway() > 0) {
      await this.#activity();
      await this.#platform.turn();
    }
    clearTimeout(timer);
  }

  /** @returns false when another realm must take its place */
  clean(): boolean {
    const proved = this.#proved ?? this.#clean();
    this.#proved = undefined;
    return proved;
  }

  #clean(): boolean {
    this.#platform.onUnhandledRejection(undefined);
    this.#io = undefined;
    this.#wake = undefined;
    this.#timers.forEach((timer) => void clearTimeout(timer));
    this.#timers.clear();
    this.#subtle.end();
    this.#plain.end();
    return this.#bridge.clean();
  }

  #activity(): Promise<void> {
    return ownPromise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Calls into the realm from a timer or a settled operation. */
  #enter(action: () => void): void {
    // Of a task that has ended, nothing may run any more.
    if (!this.#io) return;
    action();
    this.#wake?.();
  }

  #hostFunctions(): HostFunctions {
    return {
      ...this.#plain.functions,
      write: (stream, text) => this.#io?.write(stream, text),
      now: () => performance.now() - this.#startedAt,
      setTimer: (id, delayMs) => {
        const timer = setTimeout(() => {
          this.#timers.delete(id);
          this.#enter(() => this.#bridge.fire(id));
        }, delayMs);
        this.#timers.set(id, timer);
      },
      clearTimer: (id) => {
        clearTimeout(this.#timers.get(id));
        this.#timers.delete(id);
      },
      subtle: (operation, request, bytes) => this.#subtle.begin(operation, request, bytes),
      ask: (op, argsJson) => (this.#io ? askHost(this.#io, op, argsJson) : ""),
      fetchPart: () => this.#fetchPart(),
      answer: (fault, text) => {
        this.#answer =
          fault === undefined
            ? { ok: true, resultJson: text }
            : { ok: false, code: fault, message: text ?? "" };
      },
    };
  }
}
