import {
  Counter,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  type MetricValueWithName,
  type Registry,
} from "prom-client";

/*
 * The library finds the place of a set of labels by sorting and joining them at every observation, which on the path of
 * every request costs more than the rest of measuring. These take the labels' values in their order and keep plain
 * numbers; the library asks for them when somebody scrapes.
 */

export interface FigureSpec<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
}

type Values<Labels extends readonly string[]> = { readonly [At in keyof Labels]: string };

/** One figure for each set of labels. */
class ByLabels<Figure> {
  readonly #figures = new Map<string, Figure>();
  readonly #make: (labels: readonly string[]) => Figure;
  /** What was counted last is most often what is counted next. */
  #last: { readonly labels: readonly string[]; readonly figure: Figure } | undefined;

  constructor(make: (labels: readonly string[]) => Figure) {
    this.#make = make;
  }

  at(labels: readonly string[]): Figure {
    const last = this.#last;
    if (last && areSame(last.labels, labels)) return last.figure;
    const key = keyOf(labels);
    let figure = this.#figures.get(key);
    if (figure === undefined) {
      figure = this.#make(labels);
      this.#figures.set(key, figure);
    }
    this.#last = { labels, figure };
    return figure;
  }

  delete(labels: readonly string[]): void {
    this.#figures.delete(keyOf(labels));
    this.#last = undefined;
  }

  values(): Iterable<Figure> {
    return this.#figures.values();
  }
}

interface Count {
  readonly labels: Record<string, string>;
  value: number;
}

/** Counts by labels. */
export class LabelledCounter<const Labels extends readonly string[]> extends Counter {
  readonly #counts: ByLabels<Count>;

  constructor(registry: Registry, spec: FigureSpec<string> & { readonly labelNames: Labels }) {
    super({ ...spec, labelNames: [...spec.labelNames], registers: [registry] });
    this.#counts = new ByLabels((values) => ({ labels: labelsOf(spec.labelNames, values), value: 0 }));
  }

  count(...values: Values<Labels>): void {
    this.#counts.at(values).value++;
  }

  forget(...values: Values<Labels>): void {
    this.#counts.delete(values);
  }

  override async get(): Promise<MetricObjectWithValues<MetricValue<string>>> {
    const values = [...this.#counts.values()].map(({ labels, value }) => ({ labels, value }));
    return { ...(await super.get()), values };
  }
}

export interface Distribution {
  readonly labels: Record<string, string>;
  /** How many were up to each bound and above the one before; the last for those above all. */
  readonly counts: ArrayLike<number>;
  readonly sum: number;
}

/** A distribution as the library writes its own histograms: each bucket holds those before it too. */
export function histogramValues(
  name: string,
  bounds: readonly number[],
  { labels, counts, sum }: Distribution,
): MetricValueWithName<string>[] {
  let cumulative = 0;
  const buckets = [...bounds, "+Inf"].map((le, at) => {
    cumulative += counts[at] ?? 0;
    return { metricName: `${name}_bucket`, labels: { le, ...labels }, value: cumulative };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: cumulative },
  ];
}

interface GrowingDistribution extends Distribution {
  readonly counts: Float64Array;
  sum: number;
}

/**
 * How observations are distributed, by labels. The registry reads a histogram of the library's in a way of its own; so this
 * stands there as a gauge does, and answers as a histogram.
 */
export class LabelledHistogram<const Labels extends readonly string[]> extends Gauge {
  readonly #shape: Histogram;
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #distributions: ByLabels<GrowingDistribution>;

  /** @param bounds upper bounds of the buckets, rising */
  constructor(
    registry: Registry,
    spec: FigureSpec<string> & { readonly labelNames: Labels },
    bounds: readonly number[],
  ) {
    super({ ...spec, labelNames: [...spec.labelNames], registers: [registry] });
    this.#shape = new Histogram({ name: spec.name, help: spec.help, registers: [] });
    this.#name = spec.name;
    this.#bounds = bounds;
    this.#distributions = new ByLabels((values) => ({
      labels: labelsOf(spec.labelNames, values),
      counts: new Float64Array(bounds.length + 1),
      sum: 0,
    }));
  }

  measure(value: number, ...values: Values<Labels>): void {
    const distribution = this.#distributions.at(values);
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? 0)) at++;
    distribution.counts[at] = (distribution.counts[at] ?? 0) + 1;
    distribution.sum += value;
  }

  override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
    const values = [...this.#distributions.values()].flatMap((each) =>
      histogramValues(this.#name, this.#bounds, each),
    );
    return { ...(await this.#shape.get()), values };
  }
}

/** No label's value holds this character: they are words of the program's own, or names of namespaces. */
const between = "\u0000";

function keyOf(values: readonly string[]): string {
  let key = "";
  for (const value of values) key += value + between;
  return key;
}

/** Of as many values each. */
function areSame(some: readonly string[], others: readonly string[]): boolean {
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

function labelsOf(names: readonly string[], values: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? ""]));
}
