import type { z } from "zod";
import type { HttpErrorCode } from "../../protocol/errors.ts";

/** The groups that operations are shown in, in this order. */
export const tags = {
  Jobs: "Code that runs once on some volunteer, and its result.",
  Functions: "Code at a path, answered at once.",
  Database: "A namespace's keys and JSON values.",
  Files: "A namespace's files, also served as a site.",
  Modules: "WebAssembly modules, stored once and named by their content.",
  Volunteers: "Who gives computing time.",
  Access: "Tokens, and what they may do.",
  Node: "How the orchestrator does.",
  Pages: "What people open in a browser.",
} as const;
export type Tag = keyof typeof tags;

/** What a request may carry beside its path. */
export interface BodyOfBytes {
  readonly media: string;
  readonly says: string;
}

export interface Answer {
  readonly says: string;
  /** JSON of this shape. */
  readonly schema?: z.ZodType;
  /** What is answered that is not JSON, such as `text/event-stream`; `*` for whatever was stored. */
  readonly media?: string;
  /** Headers beside the usual ones, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What `/openapi.json` says of a route beyond what the route itself declares. What every route may answer (`generalCodes`)
 * need not be named.
 */
export interface Operation {
  readonly tag: Tag;
  /** A few words in the imperative, without a full stop. */
  readonly summary: string;
  readonly says?: string;
  /** For routes that read their query themselves. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType | BodyOfBytes;
  /** Request headers that change what happens, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answer>>;
  /** How it may be refused. */
  readonly codes?: readonly HttpErrorCode[];
}

/** Operations by `METHOD /pattern`, as the routes are registered. */
export type Operations = Readonly<Record<string, Operation>>;

export const idempotencyKey = {
  "Idempotency-Key": "The same key with the same body answers with what was made the first time.",
} as const;
export const eventStream: Answer = {
  says: "Server-sent events, until either side hangs up",
  media: "text/event-stream",
};
export const nothing: Answer = { says: "Done; there is nothing to say" };
