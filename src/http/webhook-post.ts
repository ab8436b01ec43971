import { lookup } from "node:dns";
import { type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "../access/addresses.ts";
import type { WebhookMessage } from "../jobs/webhook-message.ts";
import type { WebhookPost } from "../jobs/webhooks.ts";
import { isLoopback } from "../stdx/loopback.ts";

/** For the whole call, from the look-up of the name to the answer's head. */
const timeoutMsDefault = 15_000;

export interface WebhookPostSettings {
  /** Whether this machine and its private networks may be called as well. */
  readonly privateToo: boolean;
  readonly timeoutMs?: number;
}

const notPublic = "the address is not on the public internet.";

/**
 * Calls addresses that users chose, without letting them reach into the network that the orchestrator stands in. The
 * address that is checked is the one that is connected to, so a name that changes its mind in between gains nothing;
 * redirects are not followed, and the answer's body is not read.
 */
export function webhookPost({ privateToo, timeoutMs = timeoutMsDefault }: WebhookPostSettings): WebhookPost {
  const options = privateToo ? {} : { lookup: lookupPublic };
  const refusal = (url: string) => (privateToo ? undefined : refusalOf(new URL(url)));
  return {
    refusal,
    async send(url, message) {
      const refused = refusal(url);
      if (refused) throw new Error(refused);
      return await post(new URL(url), message, { ...options, signal: AbortSignal.timeout(timeoutMs) });
    },
  };
}

function refusalOf({ hostname }: URL): string | undefined {
  const name = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(name) !== 0) return isPublicAddress(name) ? undefined : notPublic;
  return isLoopback(name) ? notPublic : undefined;
}

function post(url: URL, { headers, body }: WebhookMessage, options: RequestOptions): Promise<number> {
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const call = request(url, {
      ...options,
      method: "POST",
      agent: false,
      headers: { ...headers, "content-length": Buffer.byteLength(body), connection: "close" },
    });
    call.on("error", (error) => reject(error));
    call.on("response", (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    call.end(body);
  });
}

/** Looks a name up and keeps the public addresses alone. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, []);
    const usable = found.filter(({ address }) => isPublicAddress(address));
    const [first] = usable;
    if (!first) return callback(new Error(`${hostname}: ${notPublic}`), []);
    if (options.all) return callback(null, usable);
    callback(null, first.address, first.family);
  });
};
