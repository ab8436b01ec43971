import { sizeRefusal } from "../host-question.ts";
import type { Device } from "./tree-node.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * How Python asks the host (db.py). A question is written in one piece: the operation's name, a newline, and the arguments
 * as JSON. Then the answer can be read, in as many pieces as one likes. Bytes are all that passes here.
 */
export class HostDevice implements Device {
  readonly #ask: (op: string, argsJson: string) => string;
  #answer = new Uint8Array(0);

  /** @param ask answers with a `HostAnswer` as JSON text */
  constructor(ask: (op: string, argsJson: string) => string) {
    this.#ask = ask;
  }

  write(from: Uint8Array<ArrayBuffer>): void {
    this.#answer = encoder.encode(sizeRefusal(from.length) ?? this.#answerTo(decoder.decode(from)));
  }

  #answerTo(question: string): string {
    const end = question.indexOf("\n");
    return end < 0 ? this.#ask(question, "") : this.#ask(question.slice(0, end), question.slice(end + 1));
  }

  read(into: Uint8Array): number {
    const part = this.#answer.subarray(0, into.length);
    into.set(part);
    this.#answer = this.#answer.subarray(part.length);
    return part.length;
  }
}
