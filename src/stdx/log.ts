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

/** The same log for a component whose everyday news is of no interest here: what it informs of goes to debug. */
export function quieter(log: Log): Log {
  return {
    debug: (facts, line) => log.debug(facts, line),
    info: (facts, line) => log.debug(facts, line),
    warn: (facts, line) => log.warn(facts, line),
    error: (facts, line) => log.error(facts, line),
  };
}
