import type { HostFunctions } from "./bridge.ts";
import { urlParts } from "./bridge.ts";
import { ownMap } from "./own.ts";

/** The parts of `HostFunctions` that need nothing of the task: texts, URLs, random bytes. */
export type PlainHostFunctions = Omit<
  HostFunctions,
  "write" | "now" | "setTimer" | "clearTimer" | "subtle" | "ask" | "fetchPart" | "answer"
>;

export interface PlainHost {
  readonly functions: PlainHostFunctions;
  /** Keeps bytes for `take`. */
  keep(bytes: Uint8Array): void;
  /** Drops what a task has left. */
  end(): void;
}

const noBytes = new Uint8Array(0);
const { parse, stringify } = JSON;

/** Functions that only compute. None throws of itself: a failure is an undefined answer, for the realm to explain. */
export function createPlainHost(): PlainHost {
  const encoder = new TextEncoder();
  const decoders = ownMap<number, TextDecoder>();
  let lastDecoder = 0;
  let kept: Uint8Array = noBytes;

  const attempt = <Result>(action: () => Result): Result | undefined => {
    try {
      return action();
    } catch {
      return undefined;
    }
  };

  const functions: PlainHostFunctions = {
    encodeUtf8(text) {
      kept = encoder.encode(text);
      return kept.length;
    },
    take(into) {
      into.set(kept);
      kept = noBytes;
    },
    encodingName: (label) => attempt(() => new TextDecoder(label).encoding),
    decode: (encoding, fatal, ignoreBOM, bytes) =>
      attempt(() => new TextDecoder(encoding, { fatal, ignoreBOM }).decode(bytes)),
    openDecoder(encoding, fatal, ignoreBOM) {
      decoders.set(++lastDecoder, new TextDecoder(encoding, { fatal, ignoreBOM }));
      return lastDecoder;
    },
    decodeNext(decoder, bytes, more) {
      const open = decoders.get(decoder);
      if (!more) decoders.delete(decoder);
      return attempt(() => open?.decode(bytes, { stream: more }));
    },
    atob: (text) => attempt(() => atob(text)),
    btoa: (text) => attempt(() => btoa(text)),
    parseUrl: (url, base) => attempt(() => partsOf(base === undefined ? new URL(url) : new URL(url, base))),
    setUrlPart(url, part, value) {
      const parsed = new URL(url);
      switch (part) {
        case "href":
        case "protocol":
        case "username":
        case "password":
        case "host":
        case "hostname":
        case "port":
        case "pathname":
        case "search":
        case "hash":
          attempt(() => {
            parsed[part] = value;
          });
      }
      return partsOf(parsed);
    },
    parseQuery(query) {
      const flat: string[] = [];
      new URLSearchParams(query).forEach((value, name) => {
        flat[flat.length] = name;
        flat[flat.length] = value;
      });
      return stringify(flat);
    },
    formatQuery(json) {
      const flat: unknown = parse(json);
      if (!Array.isArray(flat)) return "";
      const pairs: [string, string][] = [];
      for (let at = 0; at + 1 < flat.length; at += 2) pairs.push([String(flat[at]), String(flat[at + 1])]);
      return new URLSearchParams(pairs).toString();
    },
    randomFill(bytes) {
      // The standard's limit is the realm's to enforce.
      crypto.getRandomValues(bytes);
    },
    randomUuid: () => crypto.randomUUID(),
  };
  return {
    functions,
    keep(bytes) {
      kept = bytes;
    },
    end() {
      decoders.clear();
      lastDecoder = 0;
      kept = noBytes;
    },
  };
}

function partsOf(url: URL): string {
  let parts = "";
  for (let at = 0; at < urlParts.length; at++) {
    const part = urlParts[at];
    if (part !== undefined) parts += at === 0 ? url[part] : `\n${url[part]}`;
  }
  return parts;
}
