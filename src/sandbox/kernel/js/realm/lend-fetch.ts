import type { HostFunctions } from "../bridge.ts";
import { domException } from "./dom-exception.ts";
import { makeTextDecoder } from "./encoding.ts";
import type { Fetch, FetchKit, FetchPart } from "./fetch/kit.ts";
import { hostCall } from "./host-call.ts";
import {
  defineProperty,
  getOwnPropertyDescriptor,
  indexOf,
  StringOf,
  sliceText,
  TypeErrorOf,
} from "./primordials.ts";
import type { WebApis } from "./web-apis.ts";

/** The classes of the fetch standard, which are made when they are first needed. */
export interface LentFetch {
  get(): Fetch;
  isResponse(value: unknown): boolean;
}

export function lendFetch(host: HostFunctions, web: WebApis): LentFetch {
  let made: Fetch | undefined;
  return {
    get() {
      made ??= withStandIn(() => {
        const part = hostCall(() => host.fetchPart()) as FetchPart;
        return part.createFetch(kitOf(host, web));
      });
      return made;
    },
    isResponse: (value) => made?.isResponse(value) ?? false,
  };
}

/**
 * Lets the streams see a `DOMException` that makes no error until it is one. They try whether they can make one while
 * they are evaluated, and an error's place in a script of this size takes the engine 10 ms to find.
 */
function withStandIn(evaluatePart: () => Fetch): Fetch {
  let isTrial = true;
  const standIn = {
    DOMException: function DOMException(message: unknown, name: unknown): object {
      return isTrial ? {} : domException(StringOf(message), StringOf(name));
    },
  };
  const own = getOwnPropertyDescriptor(globalThis, "DOMException");
  const isLent =
    own?.configurable &&
    defineProperty(globalThis, "DOMException", { value: standIn.DOMException, configurable: true });
  try {
    return evaluatePart();
  } finally {
    isTrial = false;
    if (isLent) defineProperty(globalThis, "DOMException", own);
  }
}

function kitOf(host: HostFunctions, web: WebApis): FetchKit {
  let Decoder: ReturnType<typeof makeTextDecoder> | undefined;
  return {
    host,
    url(url) {
      const parts = hostCall(() => host.parseUrl(url, undefined));
      if (parts === undefined) throw new TypeErrorOf(`Invalid URL: '${url}'`);
      // The first part is the whole.
      return sliceText(parts, 0, indexOf(parts, "\n"));
    },
    isQuery: web.isSearchParams,
    neverAborted: web.neverAborted,
    randomUuid: () => hostCall(() => host.randomUuid()),
    makeDecoder(label, options) {
      Decoder ??= makeTextDecoder(host);
      return new Decoder(label, options);
    },
  };
}
