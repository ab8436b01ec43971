import type { HostFunctions } from "../bridge.ts";
import { makeTextDecoder } from "./encoding.ts";
import type { Fetch, FetchKit, FetchPart } from "./fetch/kit.ts";
import { hostCall } from "./host-call.ts";
import { indexOf, sliceText, TypeErrorOf } from "./primordials.ts";
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
      made ??= (hostCall(() => host.fetchPart()) as FetchPart).createFetch(kitOf(host, web));
      return made;
    },
    isResponse: (value) => made?.isResponse(value) ?? false,
  };
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
