export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where components write what an operator should know: facts first, then a line for people. An error goes under `err`. */
export interface Log {
  debug(facts: object, line: string): void;
  info(facts: object, line: string): void;
  warn(facts: object, line: string): void;
  error(facts: object, line: string): void;
}

/** For callers that want silence. */
export const noLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
