import { type LoggerOptions, pino } from "pino";
import type { Log, LogLevel } from "../stdx/log.ts";
import { redactedPaths, withoutSecrets } from "./redact.ts";

/** Where lines go; a terminal says that it is one. */
export interface LogStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** JSON lines for machines; one short line each where a person is looking. Secrets are in neither. */
export function createLog(level: LogLevel, stream: LogStream): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: [...redactedPaths], censor: "[withheld]" },
  };
  const shape = stream.isTTY ? humanLine : (line: string) => line;
  return pino(options, { write: (line) => stream.write(shape(withoutSecrets(line))) });
}

const levelNames: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "WARN",
  50: "ERROR",
  60: "FATAL",
};

/** `12:03:04.567 WARN  the message  key=value`, and a stack below it. */
function humanLine(line: string): string {
  const { level, time, msg, err, ...facts }: Record<string, unknown> = JSON.parse(line);
  const clock = String(time).slice(11, 23);
  const name = (levelNames[Number(level)] ?? String(level)).padEnd(5);
  const pairs = Object.entries(facts).map(([key, value]) => {
    return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  const text = [`${clock} ${name} ${msg ?? ""}`, ...pairs].join("  ");
  return `${printable(text)}\n${stackOf(err)}`;
}

function stackOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("stack" in error)) return "";
  return `${String(error.stack)
    .split("\n")
    .map((part) => `    ${printable(part)}`)
    .join("\n")}\n`;
}

/** Text from outside must not move the cursor or forge lines of a terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
