import type { CommandSpec, OptionSpec } from "./command.ts";

const columnWidth = 24;

/** The overview of all commands. */
export function overview(commands: readonly CommandSpec[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    "Zerverless: volunteer-powered compute, like torrents, but for computation.",
    "",
    "Start an orchestrator with two workers, and run something on it from another terminal:",
    "  zerverless serve --workers 2",
    "  zerverless run hello.py",
    "",
    "Commands",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "zerverless COMMAND --help says more of each. Without a command, flags are those of serve; with --worker, of work.",
    "The orchestrator is ZERVERLESS_URL (default http://127.0.0.1:8000), the token ZERVERLESS_TOKEN.",
    "Exit status: 0 done, 1 failed, 2 not understood, 130 interrupted.",
    "",
  ].join("\n");
}

/** The page of one command. */
export function helpPage({ name, summary, forms, about, examples, options }: CommandSpec): string {
  const lines = [
    `zerverless ${name}: ${summary}`,
    "",
    ...forms.map((form) => `  zerverless ${name} ${form}`.trimEnd()),
  ];
  if (about !== undefined) lines.push("", about);
  if (examples.length > 0) lines.push("", "Examples", ...examples.map((example) => `  ${example}`));
  if (options.length > 0) lines.push("", "Flags", ...options.map(optionLine));
  return `${lines.join("\n")}\n`;
}

function optionLine({ name, short, value, says, repeats }: OptionSpec): string {
  const flag = `--${name}${short === undefined ? "" : `, -${short}`}${value === undefined ? "" : ` ${value}`}`;
  const text = repeats ? `${says}; may be repeated` : says;
  return `  ${flag.padEnd(columnWidth)}${flag.length < columnWidth ? "" : `\n  ${" ".repeat(columnWidth)}`}${text}`;
}
