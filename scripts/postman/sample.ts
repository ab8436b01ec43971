/** A request of the Postman collection. */
export interface Sample {
  readonly name: string;
  /** Which operation of `/openapi.json` it is an example of, such as `GET /api/jobs/{id}`; functions' own calls are none. */
  readonly operation?: string;
  /** For those that are none. */
  readonly method?: string;
  /** The address below `{{baseUrl}}`, with variables in braces. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** What it answers; the first one in the order of the collection. */
  readonly status: number | readonly number[];
  /** Members that the JSON it answers has. */
  readonly members?: readonly string[];
  /** More lines of the test, with the answer as `pm.response` and its JSON as `json`. */
  readonly checks?: readonly string[];
  /** It never ends by itself: it is sent by hand alone. */
  readonly endless?: boolean;
}

/** Keeps a member of the answer for the requests after it. */
export function saves(variable: string, expression: string): string {
  return `pm.collectionVariables.set(${JSON.stringify(variable)}, ${expression});`;
}

/** Something about the answer that must be so. */
export function expects(title: string, expression: string): string {
  return `pm.test(${JSON.stringify(title)}, () => pm.expect(${expression}).to.be.ok);`;
}
