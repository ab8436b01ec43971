/** Buckets of one doubling: percentiles are told within 1 / 8 of an octave, about 9 %. */
const perOctave = 8;
/** Upper edge of the first bucket. */
const smallest = 0.05;
/** 27 doublings of 0.05 reach beyond 6,000,000: an hour and more in milliseconds. */
const buckets = 27 * perOctave + 1;

/** How many values of which size: bounded in memory, and cheap to add to. */
export class Histogram {
  readonly #counts = new Uint32Array(buckets);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    this.addIn(bucketOf(value));
  }

  /** @param at what `bucketOf` says of a value */
  addIn(at: number): void {
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#count++;
  }

  /** Takes in what another one counted, or takes it out again. */
  merge(other: Histogram, by: 1 | -1): void {
    for (let at = 0; at < buckets; at++) {
      this.#counts[at] = (this.#counts[at] ?? 0) + by * (other.#counts[at] ?? 0);
    }
    this.#count += by * other.#count;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#count = 0;
  }

  /** The value that so large a part of them is not above, to the precision of a bucket; undefined when there are none. */
  quantile(part: number): number | undefined {
    if (this.#count === 0) return undefined;
    let left = Math.max(1, Math.ceil(part * this.#count));
    for (let at = 0; at < buckets; at++) {
      left -= this.#counts[at] ?? 0;
      if (left <= 0) return middleOf(at);
    }
    return middleOf(buckets - 1);
  }
}

function bucketOf(value: number): number {
  if (!(value > smallest)) return 0;
  return Math.min(buckets - 1, Math.ceil(Math.log2(value / smallest) * perOctave));
}

/** What is nearest to all values of a bucket, by ratio; nothing worth telling for the first. */
function middleOf(at: number): number {
  return at === 0 ? 0 : smallest * 2 ** ((at - 0.5) / perOctave);
}

/** A histogram of the last so many periods. */
export class SlidingHistogram {
  readonly #periods: readonly Histogram[];
  readonly #sum = new Histogram();
  #at = 0;

  constructor(periods: number) {
    this.#periods = Array.from({ length: periods }, () => new Histogram());
  }

  add(value: number): void {
    const at = bucketOf(value);
    this.#periods[this.#at]?.addIn(at);
    this.#sum.addIn(at);
  }

  /** A period is over. */
  turn(): void {
    this.#at = (this.#at + 1) % this.#periods.length;
    const oldest = this.#periods[this.#at];
    if (!oldest || oldest.count === 0) return;
    this.#sum.merge(oldest, -1);
    oldest.clear();
  }

  get count(): number {
    return this.#sum.count;
  }

  quantile(part: number): number | undefined {
    return this.#sum.quantile(part);
  }
}
