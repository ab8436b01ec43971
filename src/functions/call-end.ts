import type { InvocationTrace } from "./invoker.ts";

/** How a call ended, for the log and for traces. */
export interface CallEnd {
  readonly status: number;
  readonly durationMs: number;
  /** Of a call that ran. */
  readonly trace: InvocationTrace | undefined;
  readonly error: string | undefined;
}
