import { limits } from "../../protocol/limits.ts";
import type { OutputStream } from "../../protocol/output.ts";
import { clipUtf8, fitsUtf8, utf8Length } from "../../stdx/utf8.ts";

/**
 * So many writes go out at once in each window; beyond that they are gathered. What is gathered is lost when the host
 * kills a guest that computes without a pause, so this is many.
 */
const promptWritesMax = 256;
const windowMs = 20;
const gatheredLengthMax = 8 * 1024;

/**
 * What one task prints, on its way to the host: at once, so that people see it live even while the guest computes
 * without a pause, but gathered into larger frames when there is much of it. Gathered text of one stream may then come
 * after later text of the other.
 */
export class TaskOutput {
  readonly #emit: (stream: OutputStream, text: string) => void;
  readonly #gathered: Record<OutputStream, string> = { stdout: "", stderr: "" };
  #bytesLeft: number = limits.outputBytesMax;
  #windowFrom = Number.NEGATIVE_INFINITY;
  #writesInWindow = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(emit: (stream: OutputStream, text: string) => void) {
    this.#emit = emit;
  }

  /** @returns false, when the task has then printed more than it may; what still fits is kept */
  write(stream: OutputStream, text: string): boolean {
    // Half a surrogate pair has no UTF-8.
    const whole = text.toWellFormed();
    if (!fitsUtf8(whole, this.#bytesLeft)) {
      this.#gathered[stream] += clipUtf8(whole, this.#bytesLeft);
      this.#bytesLeft = 0;
      return false;
    }
    this.#bytesLeft -= utf8Length(whole);
    this.#gathered[stream] += whole;
    if (this.#isPrompt() || this.#gathered[stream].length >= gatheredLengthMax) this.#emitGathered(stream);
    else this.#timer ??= setTimeout(() => this.flush(), windowMs);
    return true;
  }

  /** Emits what is gathered; nothing happens later on its own after this. */
  flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#emitGathered("stdout");
    this.#emitGathered("stderr");
  }

  #emitGathered(stream: OutputStream): void {
    const text = this.#gathered[stream];
    if (text === "") return;
    this.#gathered[stream] = "";
    this.#emit(stream, text);
  }

  #isPrompt(): boolean {
    const now = performance.now();
    if (now - this.#windowFrom >= windowMs) {
      this.#windowFrom = now;
      this.#writesInWindow = 0;
    }
    return ++this.#writesInWindow <= promptWritesMax;
  }
}
