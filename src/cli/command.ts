import type { Env } from "../orchestrator/env.ts";
import { UsageError } from "./usage-error.ts";

/** A flag of a command: with a value when `value` names one, else a switch. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  /** What the value is, such as `SECONDS`. */
  readonly value?: string;
  /** It may be given more than once. */
  readonly repeats?: true;
  readonly says: string;
}

/** What every command is given to work with. */
export interface Surroundings {
  readonly env: Env;
  readonly version: string;
  /** Aborted by SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** The process's exit code; nothing means 0. */
export type ExitCode = number | undefined;

export interface CommandSpec {
  readonly name: string;
  /** One line of the overview. */
  readonly summary: string;
  /** What follows the name, such as `FILE [--input JSON]`; one line a form. */
  readonly forms: readonly string[];
  /** What else there is to know, in sentences. */
  readonly about?: string;
  readonly examples: readonly string[];
  readonly options: readonly OptionSpec[];
  /** The words that may come first, for completion. */
  readonly subcommands?: readonly string[];
  /** Loads the code that only this command needs, and runs it. */
  run(words: Words, surroundings: Surroundings): Promise<ExitCode>;
}

/** A command's words, read. */
export class Words {
  /** As they were written. */
  readonly argv: readonly string[];
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #switches: ReadonlySet<string>;

  constructor(
    argv: readonly string[],
    operands: readonly string[],
    values: ReadonlyMap<string, readonly string[]>,
    switches: ReadonlySet<string>,
  ) {
    this.argv = argv;
    this.operands = operands;
    this.#values = values;
    this.#switches = switches;
  }

  /** The value of a flag; undefined when it was not given. */
  value(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  /** The values of a flag that repeats. */
  values(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.#switches.has(name);
  }

  number(name: string, min: number, max: number): number | undefined {
    const text = this.value(name);
    if (text === undefined) return undefined;
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
  }

  /** The operand at this place. Throws a sentence that says what it is to be. */
  operand(at: number, what: string): string {
    const found = this.operands[at];
    if (found === undefined || found === "") throw new UsageError(`${what} is missing.`);
    return found;
  }

  /** Throws when more was given than is understood. */
  noMoreThan(count: number): void {
    const extra = this.operands[count];
    if (extra !== undefined) throw new UsageError(`${JSON.stringify(extra)} is one word too many.`);
  }
}
