import type { ChildProcess } from "node:child_process";
import { limits } from "../../../protocol/limits.ts";
import { type Frame, FrameDecoder, FrameWriter, type HostFrame } from "../../kernel/wire.ts";
import type { Launched } from "./launcher.ts";

/** A frame from a cell: the largest result as text, or a memory snapshot from the process that makes one. */
const cellFrameBytesMax = Math.max(limits.resultBytesMax, 64 * 1024 * 1024) + 64 * 1024;
const complaintBytesMax = 8 * 1024;

export interface CellProcessEvents {
  frame(frame: Frame): void;
  /** The process is gone, or sent what is no frame and was killed for it. Called once. */
  ended(how: ProcessEnd): void;
}

export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The beginning of what it wrote to standard error. */
  readonly complaint: string;
  /** Set when its bytes could not be cut into frames. */
  readonly garbled: boolean;
}

/** The pipes to one sealed process: frames in, frames out, nothing about tasks. */
export class CellProcess {
  readonly #child: ChildProcess;
  readonly #events: CellProcessEvents;
  readonly #decoder = new FrameDecoder(cellFrameBytesMax);
  readonly #outbox = new FrameWriter();
  #flushes = false;
  #complaint = "";
  #garbled = false;
  /** 0 until known. */
  pid = 0;

  constructor(launched: Launched, events: CellProcessEvents) {
    this.#child = launched.process;
    this.#events = events;
    launched.pid.then((pid) => {
      this.pid = pid;
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#complaint = (this.#complaint + chunk.toString()).slice(0, complaintBytesMax);
    });
    // A write to a process that has just died; its end is told by `close`.
    this.#child.stdin?.on("error", () => {});
    this.#child.once("error", (error) => this.#end(null, null, error.message));
    this.#child.once("close", (exitCode, signal) => this.#end(exitCode, signal, ""));
  }

  /** Queues a frame; those queued in one turn are written together. */
  send(header: HostFrame, payload?: string | Uint8Array): void {
    this.#outbox.add(header, payload);
    if (this.#flushes) return;
    this.#flushes = true;
    queueMicrotask(() => {
      this.#flushes = false;
      this.#child.stdin?.write(this.#outbox.take().slice());
    });
  }

  suspend(): boolean {
    return this.#signal("SIGSTOP");
  }

  resume(): void {
    this.#signal("SIGCONT");
  }

  /** Stops every thread of the guest process, or lets them go on. @returns whether it took the signal */
  #signal(signal: "SIGSTOP" | "SIGCONT"): boolean {
    // The child is not always the guest: bubblewrap stays outside, and to stop that would stop nobody.
    if (this.#ended || this.pid === 0) return false;
    try {
      return process.kill(this.pid, signal);
    } catch {
      return false;
    }
  }

  /** Works on a stopped process too. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #read(chunk: Buffer): void {
    if (this.#garbled) return;
    try {
      for (const frame of this.#decoder.push(chunk)) this.#events.frame(frame);
    } catch {
      this.#garbled = true;
      this.kill();
    }
  }

  #ended = false;

  #end(exitCode: number | null, signal: string | null, failure: string): void {
    if (this.#ended) return;
    this.#ended = true;
    const complaint = this.#complaint || failure;
    this.#events.ended({ exitCode, signal, complaint, garbled: this.#garbled });
  }
}
