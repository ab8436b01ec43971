import type { JobErrorCode } from "../../src/protocol/errors.ts";
import type { JobSubmission } from "../../src/protocol/job.ts";
import type { Json } from "../../src/protocol/json.ts";

/** How an attempt to get out must end. Each says why it failed, so that a test cannot pass for a wrong reason. */
export type Expected =
  /** The code ran to its end and tells what it met; the value is exactly this, or matches. */
  | { readonly result: Json | RegExp }
  /** The attempt ended the job with this code and a sentence that matches. */
  | { readonly code: JobErrorCode; readonly error?: RegExp };

export interface EscapeCase {
  readonly name: string;
  readonly job: JobSubmission;
  readonly expected: Expected;
}

/** A job that should end quickly, one way or the other. */
export const attempt = (
  language: "js" | "lua" | "python",
  name: string,
  code: string,
  expected: Expected,
  fields: { timeout_seconds?: number; memory_mb?: number } = {},
): EscapeCase => ({
  name: `${language}: ${name}`,
  job: { job_type: language, code, timeout_seconds: 20, namespace: "mallory", ...fields },
  expected,
});
