/** A change that a client made, or tried with a token that may not. */
export interface AuditEntry {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** The token's id; `ADMIN_TOKEN`; null where nobody is asked. */
  readonly tokenId: string | null;
  /** The token's name, which outlives it here. */
  readonly tokenName: string | null;
  /** Where from; an IPv6 network stands for its addresses. */
  readonly address: string;
  readonly method: string;
  /** The route's pattern. */
  readonly route: string;
  /** What was changed, as the client named it: the path, without its query. */
  readonly path: string;
  readonly namespaces: readonly string[];
  /** What came to be: the first of the new ids, and how many there are. */
  readonly made: string | null;
  readonly count: number;
  readonly status: number;
  readonly requestId: string;
}

/** Where an entry lies: entries are numbered in the order of their making. */
export interface PlacedEntry {
  readonly entry: AuditEntry;
  readonly place: AuditPlace;
}

export interface AuditPlace {
  readonly segment: number;
  readonly index: number;
}

/** Where the audit log is kept. */
export interface AuditStore {
  /** Durable when resolved. */
  append(entries: readonly AuditEntry[]): Promise<void>;
  /** Newest first, in batches; those before `before` when it is given. */
  newestFirst(before: AuditPlace | undefined): AsyncIterable<readonly PlacedEntry[]>;
  /** Deletes what is older, and the oldest beyond so many bytes. @returns whether there may be more to delete */
  prune(instantMs: number, bytesMax: number, segmentsMax: number): Promise<boolean>;
}
