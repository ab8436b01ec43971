/** A request was answered. */
export interface HttpAnswer {
  readonly method: string;
  /** The route's pattern, of which there are as many as the program has: never what a client wrote. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
}

/** Told of every answer, on the hot path like `Meter`. */
export interface HttpMeter {
  answered(answer: HttpAnswer): void;
}

/** What `GET /metrics` serves. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}
