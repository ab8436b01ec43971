import { limits } from "../../protocol/limits.ts";

/**
 * What a program prints that answers a request by printing JSON: the answer is the object that begins on the last line
 * that begins with a brace, and whatever else it prints is output as ever. So all is passed on but what may yet turn out
 * to be the answer.
 */
export class PrintedAnswer {
  readonly #passOn: (text: string) => void;
  /** Begins at the beginning of a line. */
  #held = "";

  constructor(passOn: (text: string) => void) {
    this.#passOn = passOn;
  }

  write(text: string): void {
    const from = Math.max(0, this.#held.length - 1);
    this.#held += text;
    const brace = this.#held.lastIndexOf("\n{");
    // Only what is new was not looked through before.
    if (brace >= from) this.#release(brace + 1);
    else if (!this.#held.startsWith("{")) this.#release(this.#held.lastIndexOf("\n") + 1);
    if (this.#held.length > limits.resultBytesMax) this.abandon();
  }

  /** Passes on everything: there will be no answer. */
  abandon(): void {
    this.#release(this.#held.length);
  }

  /** @returns the answer's JSON text, if there is one; the rest is passed on */
  end(): string | undefined {
    const ends = [this.#held.length, this.#held.indexOf("\n")];
    const end = ends.find((at) => at > 0 && isObject(this.#held.slice(0, at)));
    if (end === undefined) {
      this.abandon();
      return undefined;
    }
    const answer = this.#held.slice(0, end).trimEnd();
    const rest = this.#held.slice(end).replace(/^\n/, "");
    this.#held = "";
    if (rest !== "") this.#passOn(rest);
    return answer;
  }

  #release(length: number): void {
    if (length === 0) return;
    this.#passOn(this.#held.slice(0, length));
    this.#held = this.#held.slice(length);
  }
}

function isObject(text: string): boolean {
  if (!text.startsWith("{")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
