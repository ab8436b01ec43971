import type { HostFunctions } from "../../bridge.ts";
import { hostCall } from "../host-call.ts";

/** Text to bytes and back, as the encoding standard has it. */
export interface Texts {
  encode(text: string): Uint8Array<ArrayBuffer>;
  /** Replaces what is malformed, and drops a byte order mark. */
  decode(bytes: Uint8Array): string;
  /** @returns undefined when the bytes are no UTF-8; a byte order mark stays */
  decodeExactly(bytes: Uint8Array): string | undefined;
  /** The pairs of a form's `application/x-www-form-urlencoded`. */
  parseQuery(text: string): [name: string, value: string][];
  formatQuery(pairs: readonly (readonly [name: string, value: string])[]): string;
}

export function createTexts(host: HostFunctions): Texts {
  return {
    encode(text) {
      const bytes = new Uint8Array(hostCall(() => host.encodeUtf8(text)));
      hostCall(() => host.take(bytes));
      return bytes;
    },
    decode: (bytes) => hostCall(() => host.decode("utf-8", false, false, bytes)) ?? "",
    decodeExactly: (bytes) => hostCall(() => host.decode("utf-8", true, true, bytes)),
    parseQuery(text) {
      const flat = JSON.parse(hostCall(() => host.parseQuery(text))) as string[];
      const pairs: [string, string][] = [];
      for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([flat[at] ?? "", flat[at + 1] ?? ""]);
      return pairs;
    },
    formatQuery(pairs) {
      const json = JSON.stringify(pairs.flat());
      return hostCall(() => host.formatQuery(json));
    },
  };
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
