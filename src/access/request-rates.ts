import type { BlockList } from "node:net";
import { type HttpErrorCode, refuse } from "../protocol/errors.ts";
import type { Clock } from "../stdx/clock.ts";
import type { AppError } from "../stdx/errors.ts";
import type { Caller } from "./caller.ts";
import { clientAddress } from "./client-address.ts";
import { RateLimit, type RateState } from "./rate-limit.ts";

/** Requests a second. */
export interface Rates {
  /** Of one token. */
  readonly token: number;
  /** Of one address, for requests without a valid token. */
  readonly address: number;
  /** Calls of one namespace's functions and requests for its things, whoever makes them. */
  readonly namespace: number;
}

export interface RequestRatesParts {
  readonly rates: Rates;
  /** Proxies whose word on the client's address is taken. */
  readonly proxies: BlockList | undefined;
  readonly clock: Clock;
}

/** What a rate is counted by. */
export interface Requester {
  readonly caller: Caller;
  /** The other end of the connection. */
  readonly peer: string;
  readonly forwardedFor: string | readonly string[] | undefined;
}

/** Counts requests. A request costs one or two look-ups. */
export class RequestRates {
  readonly rates: Rates;
  readonly #token: RateLimit;
  readonly #address: RateLimit;
  readonly #namespace: RateLimit;
  readonly #proxies: BlockList | undefined;

  constructor({ rates, proxies, clock }: RequestRatesParts) {
    this.rates = rates;
    this.#proxies = proxies;
    this.#token = new RateLimit({ name: "token", perSecond: rates.token }, clock);
    this.#address = new RateLimit({ name: "address", perSecond: rates.address }, clock);
    this.#namespace = new RateLimit({ name: "namespace", perSecond: rates.namespace }, clock);
  }

  /** The client's address, as it is counted and noted. */
  addressOf({ peer, forwardedFor }: Omit<Requester, "caller">): string {
    return clientAddress(peer, forwardedFor, this.#proxies);
  }

  /** Counts a request by its token, or else by its address. */
  ofRequester(requester: Requester): RateState {
    const { token } = requester.caller;
    return token ? this.#token.take(token.record.id) : this.#address.take(this.addressOf(requester));
  }

  ofNamespace(namespace: string): RateState {
    return this.#namespace.take(namespace);
  }
}

/** Says which limit was met, and when there is room again. */
export function tooMany({ policy, resetSeconds }: RateState): AppError<HttpErrorCode> {
  const whose = policy.name === "namespace" ? "for one namespace" : `of one ${policy.name}`;
  return refuse("rate_limited", `More than ${policy.perSecond} requests a second ${whose}.`, {
    details: {
      by: policy.name,
      per_second: policy.perSecond,
      retry_after_seconds: Math.max(1, resetSeconds),
    },
  });
}
