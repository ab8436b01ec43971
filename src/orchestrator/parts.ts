import type { CodeChecker, Invoker } from "../functions/invoker.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";

/** What an orchestrator is given by whoever starts it. */
export interface OrchestratorParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Runs and checks functions in place of volunteers and cells, for tests. */
  readonly functionRunner?: FunctionRunner | undefined;
}

export interface FunctionRunner {
  readonly invoker: Invoker;
  readonly checker: CodeChecker;
}
