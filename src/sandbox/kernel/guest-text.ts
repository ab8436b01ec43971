import type { OutputStream } from "../../protocol/output.ts";
import type { GuestIo } from "./guest.ts";

/**
 * Makes text of the bytes that a guest writes. A character may be split between two writes; what is no UTF-8 becomes
 * U+FFFD.
 */
export class GuestText {
  readonly #io: GuestIo;
  readonly #decoders: Record<OutputStream, TextDecoder | undefined> = {
    stdout: undefined,
    stderr: undefined,
  };

  constructor(io: GuestIo) {
    this.#io = io;
  }

  write(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): void {
    this.#decoders[stream] ??= new TextDecoder("utf-8", { ignoreBOM: true });
    this.writeText(stream, this.#decoders[stream].decode(bytes, { stream: true }));
  }

  writeText(stream: OutputStream, text: string): void {
    if (text !== "") this.#io.write(stream, text);
  }

  /** Half a character may be left over. */
  end(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      this.writeText(stream, this.#decoders[stream]?.decode() ?? "");
      this.#decoders[stream] = undefined;
    }
  }
}
