import { limits } from "../../protocol/limits.ts";
import type { OutputStream } from "../../protocol/output.ts";
import { utf8Length } from "../../stdx/utf8.ts";

/**
 * So many writes go out at once in each window; beyond that they are gathered. What is gathered is lost when the host
 * kills a guest that computes without a pause, so this is many.
 */
const promptWritesMax = 256;
const windowMs = 20;
const gatheredLengthMax = 8 * 1024;

/**
 * What one task prints, on its way to the host: at once, so that people see it live even while the guest computes
 * without a pause, but gathered into larger frames when there is much of it.
 */
export class TaskOutput {
  readonly #emit: (stream: OutputStream, text: string) => void;
  #bytes = 0;
  #stream: OutputStream = "stdout";
  #gathered = "";
  #windowFrom = Number.NEGATIVE_INFINITY;
  #writesInWindow = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(emit: (stream: OutputStream, text: string) => void) {
    this.#emit = emit;
  }

  /** @returns false, emitting nothing of it, when the task has then printed more than it may */
  write(stream: OutputStream, text: string): boolean {
    this.#bytes += utf8Length(text);
    if (this.#bytes > limits.outputBytesMax) return false;
    if (stream !== this.#stream) this.flush();
    this.#stream = stream;
    this.#gathered += text;
    if (this.#isPrompt() || this.#gathered.length >= gatheredLengthMax) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), windowMs);
    return true;
  }

  /** Emits what is gathered; nothing happens later on its own after this. */
  flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered === "") return;
    const text = this.#gathered;
    this.#gathered = "";
    this.#emit(this.#stream, text);
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
