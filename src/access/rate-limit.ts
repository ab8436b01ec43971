import type { Clock } from "../stdx/clock.ts";
import { TokenBucket } from "../stdx/token-bucket.ts";

/** How a rate is kept: bursts of what would be let through in so many seconds are let through at once. */
export const rateWindowSeconds = 10;

export interface RatePolicy {
  /** What it counts by: `token`, `address` or `namespace`. */
  readonly name: string;
  /** Requests a second, over time. */
  readonly perSecond: number;
}

/** As `RateLimit-Policy` and `RateLimit` say it: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
export const policyText = ({ name, perSecond }: RatePolicy) =>
  `"${name}";q=${perSecond * rateWindowSeconds};w=${rateWindowSeconds}`;
export const stateText = ({ policy, remaining, resetSeconds }: RateState) =>
  `"${policy.name}";r=${remaining};t=${resetSeconds}`;

/** Where a client stands after a request was counted. What few ask about is reckoned when somebody does. */
export class RateState {
  readonly policy: RatePolicy;
  readonly allowed: boolean;
  readonly #bucket: TokenBucket;

  constructor(policy: RatePolicy, allowed: boolean, bucket: TokenBucket) {
    this.policy = policy;
    this.allowed = allowed;
    this.#bucket = bucket;
  }

  get remaining(): number {
    return this.#bucket.left;
  }

  /** Until there is room again: for one request when none is left, else for a full burst. Of the last look at the clock. */
  get resetSeconds(): number {
    const isLeft = this.allowed && this.#bucket.msUntil(1) === 0;
    const wanted = isLeft ? this.policy.perSecond * rateWindowSeconds : 1;
    return Math.ceil(this.#bucket.msUntil(wanted) / 1000);
  }
}

/**
 * One rate for each of many keys, in bounded memory: of those that were not seen for longest the count is forgotten, which
 * is as if they had been quiet.
 */
export class RateLimit {
  readonly policy: RatePolicy;
  readonly #clock: Clock;
  readonly #keysMax: number;
  readonly #burst: number;
  /** The ones seen last come last. */
  readonly #buckets = new Map<string, TokenBucket>();
  /** Who was seen last is most often who is seen next. */
  #last: { readonly key: string; readonly bucket: TokenBucket } | undefined;

  constructor(policy: RatePolicy, clock: Clock, keysMax = 10_000) {
    this.policy = policy;
    this.#clock = clock;
    this.#keysMax = keysMax;
    this.#burst = policy.perSecond * rateWindowSeconds;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  take(key: string): RateState {
    const bucket = this.#bucket(key);
    return new RateState(this.policy, bucket.take(1), bucket);
  }

  #bucket(key: string): TokenBucket {
    if (this.#last?.key === key) return this.#last.bucket;
    const bucket = this.#moved(key);
    this.#last = { key, bucket };
    return bucket;
  }

  #moved(key: string): TokenBucket {
    const known = this.#buckets.get(key);
    if (known) {
      this.#buckets.delete(key);
      this.#buckets.set(key, known);
      return known;
    }
    if (this.#buckets.size >= this.#keysMax) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    const made = new TokenBucket(this.#clock, this.policy.perSecond, this.#burst);
    this.#buckets.set(key, made);
    return made;
  }
}
