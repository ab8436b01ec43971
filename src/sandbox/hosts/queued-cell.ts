import type { CellFate } from "../../meters/cell-meter.ts";
import type { JobErrorCode } from "../../protocol/errors.ts";
import { hostCallBytesMax } from "../../protocol/host-calls.ts";
import type { CellKind } from "../../protocol/languages.ts";
import { limits } from "../../protocol/limits.ts";
import type { Clock, Timer } from "../../stdx/clock.ts";
import type { Log } from "../../stdx/log.ts";
import { Shelf } from "../../stdx/shelf.ts";
import { type CellFrame, type Frame, type HostFrame, modulesKept, slowTaskMs } from "../kernel/wire.ts";
import type { Cell, CellOutcome, CellRun, CellStats, CellTask } from "./cell.ts";
import { readCellFrame } from "./cell-frame.ts";
import { Run } from "./run.ts";

/** The way to one sealed place: frames in, and its end. */
export interface CellLink {
  /** @param payload text goes as UTF-8 */
  send(header: HostFrame, payload?: string | Uint8Array): void;
  /** See `Cell.suspend`. */
  suspend(): boolean;
  resume(): void;
  /** Works on a suspended one too. */
  kill(): void;
}

/** What comes the other way. */
export interface CellLinkEvents {
  frame(frame: Frame): void;
  /** The sealed place is gone and nobody here ended it. Called once. */
  ended(end: CellEnd): void;
}

export interface CellEnd {
  /** Whose doing it was: the guest's that took more memory than there is, the runtime's, or none of this cell's. */
  readonly cause: "memory" | "crash" | "elsewhere";
  /** A sentence for whom it hits. */
  readonly message: string;
}

/** What a task must keep to. */
export interface MeteredTask {
  /** Milliseconds, monotonic. */
  readonly startedAt: number;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

export type Overrun = "timeout" | "memory_exceeded";

/** Looks from outside at what the task at its turn takes, and tells when that is too much. */
export interface Meter {
  begin(task: MeteredTask): void;
  /** @returns what the task used, as far as it could be seen */
  end(): Omit<CellStats, "wallMs">;
  stop(): void;
  /** The task does not run: until it goes on, its time stands still. */
  suspend(): void;
  resume(): void;
}

export interface CellParts {
  readonly kind: CellKind;
  /** Opens the sealed place; a rejection ends the cell. */
  open(events: CellLinkEvents): Promise<CellLink>;
  meter(overrun: (why: Overrun) => void): Meter;
  readonly clock: Clock;
  readonly log: Log;
}

/** Task frames in the pipe at once: enough that a cell never waits for a busy host. */
const aheadMax = 32;
/** A cell that is not ready by then never will be. */
const startMsMax = 30_000;
/** An honest kernel keeps to these by itself. */
const payloadBytesMax = { output: 0, ask: hostCallBytesMax, done: limits.resultBytesMax, fail: 0 };
const decoder = new TextDecoder();

const overrunMessages: Record<Overrun, (task: CellTask) => string> = {
  timeout: (task) => `The code ran longer than its timeout of ${task.timeoutMs / 1000} seconds.`,
  memory_exceeded: (task) => `The code used more memory than its ${task.memoryMb} MB.`,
};

const outOfMemoryMessage = (memoryMb: number | undefined) =>
  `The code used more memory than its ${memoryMb} MB, and more than there is.`;

/**
 * A cell's queue of tasks, and the host's half of the frames, whatever the sealed place is made of. It may be wholly in its
 * tenant's hands, so all that it sends is checked, and what is not its to send ends it.
 */
export class QueuedCell implements Cell {
  readonly kind: CellKind;
  readonly gone: Promise<void>;
  /** Resolves when the cell can begin with a task at once, or is gone. */
  readonly ready: Promise<void>;
  alive = true;
  /** Why it is no more; known when `gone` resolves. */
  fate: CellFate = "spent";
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meter: Meter;
  readonly #shelf = new Shelf<true>(modulesKept);
  readonly #resolveGone: () => void;
  readonly #resolveReady: () => void;
  /** In order; the head is the one that runs once the cell is ready. */
  #queue: Run[] = [];
  #link: CellLink | undefined;
  #ready = false;
  #asking = false;
  #epoch = 0;
  #nextId = 1;
  #startTimer: Timer | undefined;

  constructor({ kind, open, meter, clock, log }: CellParts) {
    this.kind = kind;
    this.#clock = clock;
    this.#log = log;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#resolveGone = resolve;
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#resolveReady = ready.resolve;
    this.#meter = meter((why) => this.#overrun(why));
    open({ frame: (frame) => this.#receive(frame), ended: (end) => this.#ended(end) }).then(
      (link) => this.#opened(link),
      (error: unknown) => {
        log.error({ err: error, kind }, "a cell could not be started");
        this.#die({ kind: "unstarted" });
      },
    );
  }

  get pending(): number {
    return this.#queue.filter((run) => !run.givenAway).length;
  }

  /** The task at its turn. */
  get running(): (Pick<CellRun, "startedAt"> & { readonly task: CellTask }) | undefined {
    const head = this.#queue[0];
    return head?.startedAt === undefined ? undefined : head;
  }

  run(task: CellTask): CellRun {
    const run = new Run(this.#nextId++, task, (withdrawn) => this.#withdraw(withdrawn));
    if (!this.alive) {
      run.settle({ kind: "unstarted" });
      return run;
    }
    this.#queue.push(run);
    this.#startHead();
    this.#feed();
    return run;
  }

  suspend(): boolean {
    // One that is starting has a deadline for that.
    if (!this.alive || !this.#ready || this.#link?.suspend() !== true) return false;
    this.#meter.suspend();
    return true;
  }

  resume(): void {
    this.#link?.resume();
    this.#meter.resume();
  }

  kill(): void {
    this.#die({ kind: "cancelled" });
  }

  #opened(link: CellLink): void {
    this.#link = link;
    if (!this.alive) link.kill();
    else this.#startTimer = this.#clock.after(startMsMax, () => this.#die({ kind: "unstarted" }));
  }

  #receive(frame: Frame): void {
    if (!this.alive) return;
    const message = readCellFrame(frame.header);
    const head = this.#queue[0];
    if (message?.t === "ready" && !this.#ready) {
      this.#ready = true;
      this.#resolveReady();
      this.#startTimer?.cancel();
      this.#startHead();
      this.#feed();
    } else if (message?.t === "spent" && this.#ready) {
      this.#die({ kind: "unstarted" });
    } else if (message && "id" in message && head?.startedAt !== undefined && message.id === head.id) {
      if (frame.payload.length > payloadBytesMax[message.t]) this.#crash("The cell sent more than it may.");
      else this.#progress(head, message, frame.payload);
    } else {
      this.#crash("The cell sent a frame that is not its to send.");
    }
  }

  #progress(
    head: Run,
    message: Exclude<CellFrame, { t: "ready" | "spent" | "snapshot" }>,
    payload: Uint8Array,
  ): void {
    if (message.t === "output") {
      head.outputLength += message.text.length;
      if (head.outputLength > limits.outputBytesMax) this.#crash("The cell sent more than it may.");
      else if (!head.givenAway) head.task.onOutput(message.stream, message.text);
      return;
    }
    if (message.t === "ask") {
      // What was given away may run, but it may have no effect.
      if (head.givenAway) this.#die({ kind: "unstarted" });
      else this.#ask(head, message.op, decoder.decode(payload));
      return;
    }
    const { cpuMs, peakMemoryBytes } = this.#meter.end();
    const stats: CellStats = { wallMs: message.wallMs, cpuMs, peakMemoryBytes };
    this.#queue.shift();
    if (message.t === "fail") {
      head.settle({ kind: "failed", code: message.code, message: message.message, stats });
    } else {
      const resultJson = payload.length === 0 ? undefined : decoder.decode(payload);
      head.settle({ kind: "completed", resultJson, stats });
    }
    this.#asking = false;
    // The kernel stays in a task that printed too much until it is killed.
    if (message.t === "fail" && message.code === "output_exceeded") this.#die({ kind: "unstarted" });
    else this.#advance(message.epoch);
  }

  /** The guest waits; an answer that comes after its cell's end goes nowhere. */
  #ask(head: Run, op: string, argsJson: string): void {
    if (this.#asking) {
      this.#crash("The cell asked again before it was answered.");
      return;
    }
    this.#asking = true;
    head.task.onAsk(op, argsJson).then((answerJson) => {
      this.#asking = false;
      if (this.alive) this.#link?.send({ t: "answer" }, answerJson);
    });
  }

  /** After a task: takes over the kernel's epoch, and goes on with what is left. */
  #advance(epoch: number): void {
    if (epoch > this.#epoch) {
      this.#epoch = epoch;
      this.#queue = this.#queue.filter((run) => !run.givenAway);
      for (const run of this.#queue) run.sent = false;
    }
    this.#startHead();
    this.#feed();
  }

  #startHead(): void {
    const head = this.#queue[0];
    if (!this.#ready || !head || head.startedAt !== undefined) return;
    head.startedAt = this.#clock.monotonic();
    const { timeoutMs, memoryMb } = head.task;
    this.#meter.begin({ startedAt: head.startedAt, timeoutMs, memoryMb });
  }

  #feed(): void {
    if (!this.#ready) return;
    for (const run of this.#queue.slice(0, aheadMax)) {
      if (run.sent) continue;
      run.sent = true;
      const { header, payload } = this.#frameOf(run);
      this.#link?.send(header, payload);
    }
  }

  #frameOf({ id, task }: Run): { header: HostFrame; payload: string } {
    const { work, memoryMb } = task;
    const epoch = this.#epoch;
    if (work.kind === "call") return { header: { t: "call", id, epoch }, payload: work.requestJson };
    const { language, code, module } = work;
    if (module && !this.#shelf.touch(module.cid)) {
      this.#shelf.put(module.cid, true);
      this.#link?.send({ t: "module", cid: module.cid }, module.bytes);
    }
    const common = { id, epoch, language, code, cid: module?.cid ?? "", memoryMb };
    if (work.kind === "load") return { header: { t: "load", ...common, env: work.env }, payload: "" };
    return { header: { t: "run", ...common }, payload: work.inputJson };
  }

  #withdraw(run: Run): void {
    const at = this.#queue.indexOf(run);
    if (at < 0 || run.givenAway || run.startedAt !== undefined) return;
    if (run.sent) {
      // Only while the head is slow by the kernel's own clock will the kernel skip what is behind it. Where it thinks
      // otherwise, what was given away comes to its turn here too, and nobody hears of it.
      const startedAt = this.#queue[0]?.startedAt;
      if (startedAt === undefined || this.#clock.monotonic() - startedAt < 2 * slowTaskMs) return;
      run.givenAway = true;
    } else {
      this.#queue.splice(at, 1);
    }
    run.settle({ kind: "unstarted" });
  }

  #overrun(why: Overrun): void {
    const head = this.#queue[0];
    if (head) this.#fail(why, overrunMessages[why](head.task));
  }

  /** Ends the cell; the task at its turn fails with this code. */
  #fail(code: JobErrorCode, message: string): void {
    const startedAt = this.#queue[0]?.startedAt ?? this.#clock.monotonic();
    const stats: CellStats = { wallMs: this.#clock.monotonic() - startedAt, ...this.#meter.end() };
    this.#die({ kind: "failed", code, message, stats });
  }

  #crash(message: string): void {
    this.#log.warn({ kind: this.kind }, message);
    this.#fail("cell_crashed", message);
  }

  #ended({ cause, message }: CellEnd): void {
    if (!this.alive) return;
    const memoryMb = this.#queue[0]?.task.memoryMb;
    if (cause === "memory") this.#fail("memory_exceeded", outOfMemoryMessage(memoryMb));
    else if (cause === "crash") this.#crash(message);
    else this.#die({ kind: "unstarted" });
  }

  #die(atTurn: CellOutcome): void {
    if (!this.alive) return;
    this.alive = false;
    if (atTurn.kind === "failed") this.fate = atTurn.code;
    else if (atTurn.kind === "cancelled") this.fate = "dropped";
    this.#startTimer?.cancel();
    this.#meter.stop();
    this.#link?.kill();
    const queue = this.#queue;
    this.#queue = [];
    for (const run of queue) run.settle(run.startedAt === undefined ? { kind: "unstarted" } : atTurn);
    this.#resolveReady();
    this.#resolveGone();
  }
}
