import { parseArgs } from "node:util";
import { type CommandSpec, type OptionSpec, Words } from "./command.ts";
import { UsageError } from "./usage-error.ts";

/** What every command that talks to an orchestrator takes. */
export const connectionOptions: readonly OptionSpec[] = [
  { name: "url", value: "URL", says: "the orchestrator (default: ZERVERLESS_URL, or http://127.0.0.1:8000)" },
  { name: "token", value: "TOKEN", says: "who you are (default: ZERVERLESS_TOKEN, or what login kept)" },
  { name: "json", says: "print JSON for programs instead of text for people" },
];

/** Reads the words behind a command's name. Throws a UsageError whose sentence names the flag. */
export function readWords(spec: CommandSpec, argv: readonly string[]): Words {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      spec.options.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const), ...(short && { short }) },
      ]),
    ),
    strict: false,
    tokens: true,
  });
  const operands: string[] = [];
  const values = new Map<string, string[]>();
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      operands.push(token.value);
      continue;
    }
    const { name, rawName, value, inlineValue } = token;
    const option = spec.options.find((known) => known.name === name);
    if (!option)
      throw new UsageError(`${spec.name} has no flag ${rawName}; see zerverless ${spec.name} --help.`);
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
      switches.add(name);
      continue;
    }
    if (value === undefined || (!inlineValue && value.startsWith("--"))) {
      throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}.`);
    }
    const given = values.get(name) ?? [];
    if (given.length > 0 && !option.repeats) throw new UsageError(`${rawName} is given twice.`);
    values.set(name, [...given, value]);
  }
  return new Words(argv, operands, values, switches);
}
