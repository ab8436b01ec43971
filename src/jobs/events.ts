import type { JobId } from "../stdx/ids.ts";
import type { JobRecord } from "./job.ts";

export type JobEvent =
  | { readonly kind: "status"; readonly record: JobRecord }
  | {
      readonly kind: "log";
      readonly jobId: JobId;
      readonly namespace: string;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
    }
  /** The reader was too slow: `missed` events were let go and this is the last one. */
  | { readonly kind: "lagged"; readonly missed: number };

/** One reader. `return()` of its iterator, `close` or disposal ends it. */
export interface JobEventStream extends AsyncIterable<JobEvent>, Disposable {
  close(): void;
}

/** Who listens to jobs, and what they still have to read. */
export declare class JobEvents implements Disposable {
  constructor(options?: { readonly bufferEventsMax?: number; readonly bufferBytesMax?: number });
  /** Every job's events from now on, or those of one namespace. */
  all(filter?: { readonly namespace?: string | undefined }): JobEventStream;
  /** Ends every stream. */
  [Symbol.dispose](): void;
}
