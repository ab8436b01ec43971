/** What `GET /metrics` says, in the text format of Prometheus. */
export class Exposition {
  readonly #values = new Map<string, number>();
  /** By name. */
  readonly types = new Map<string, string>();

  constructor(text: string) {
    for (const line of text.split("\n")) {
      const [, kind, name, type] = /^# (TYPE) (\S+) (\S+)$/.exec(line) ?? [];
      if (kind && name && type) this.types.set(name, type);
      if (line === "" || line.startsWith("#")) continue;
      const [, series, value] =
        /^([a-z_][a-z0-9_]*(?:\{(?:[a-z_]+="[^"]*",?)*\})?) ([\d.eE+-]+|nan|\+inf)$/i.exec(line) ?? [];
      if (series === undefined) throw new Error(`This is no line of an exposition: ${line}`);
      this.#values.set(series, Number(value));
    }
  }

  /** The series as it is written, such as `jobs_total{state="failed"}`. */
  get(series: string): number | undefined {
    return this.#values.get(series);
  }

  get series(): readonly string[] {
    return [...this.#values.keys()];
  }
}

/** The names of metrics that an expression of PromQL speaks of. */
export function metricsOf(expression: string): readonly string[] {
  const withoutTexts = expression.replaceAll(/"[^"]*"/g, '""').replaceAll(/\{[^}]*\}/g, "");
  const names = withoutTexts.matchAll(/\b(?:zerverless|nodejs|process)_[a-z0-9_]+/g);
  return [...names].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, ""));
}
