/** Some names in order, page by page. */
export interface NameRange {
  /** Any beginning of names. */
  readonly prefix: string;
  /** Only names behind this one; undefined from the first. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** A name, and how much there is of it. */
export interface NameCount {
  readonly name: string;
  readonly count: number;
}
