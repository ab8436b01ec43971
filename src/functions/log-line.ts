import { type LogCall, logLimits } from "../protocol/functions.ts";
import { clipUtf8 } from "../stdx/utf8.ts";

interface Stamp {
  /** Rises within a log, and is never used twice. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Number of the revision that ran. */
  readonly revision: number;
}

/** What a function printed, or what ended its call (`stream` is then null). */
export interface PrintedLine extends Stamp {
  readonly level: "info" | "error";
  readonly stream: "stdout" | "stderr" | null;
  readonly text: string;
}

/** The one line that every call leaves. */
export interface CallLine extends Stamp {
  readonly level: "call";
  readonly call: LogCall;
}

/** One line of a function's log. */
export type LogLine = PrintedLine | CallLine;

/** What a call left for the log. */
export interface CallNote {
  readonly namespace: string;
  /** The function's. */
  readonly path: string;
  readonly revision: number;
  readonly call: LogCall;
  readonly stdout: string;
  readonly stderr: string;
  /** What ended the call, if nothing good. */
  readonly error: string | undefined;
}

const callPathBytesMax = 1024;

/** @param nextSeq gives each line its number */
export function linesOf(note: CallNote, at: number, nextSeq: () => number): LogLine[] {
  const { revision, call, stdout, stderr, error } = note;
  const lines: LogLine[] = [];
  const add = (level: PrintedLine["level"], stream: PrintedLine["stream"], text: string) =>
    lines.push({ seq: nextSeq(), at, revision, level, stream, text: clip(text, logLimits.lineBytesMax) });
  if (stdout !== "") for (const line of firstLines(stdout)) add("info", "stdout", line);
  if (stderr !== "") for (const line of firstLines(stderr)) add("error", "stderr", line);
  if (error !== undefined) add("error", null, error);
  const path = clip(call.path, callPathBytesMax);
  const shown = path === call.path ? call : { ...call, path };
  lines.push({ seq: nextSeq(), at, revision, level: "call", call: shown });
  return lines;
}

export function textOf(line: LogLine): string {
  if (line.level !== "call") return line.text;
  const { method, path, status, duration_ms, cold } = line.call;
  return `${method} ${path} ${status} ${duration_ms} ms${cold ? " cold" : ""}`;
}

/** About how many bytes a line takes in memory. */
export function weightOf(line: LogLine): number {
  return line.level === "call" ? 400 + line.call.path.length : 150 + 2 * line.text.length;
}

/** The first lines of a text, without looking at what follows them. */
function* firstLines(text: string): Generator<string> {
  let count = 0;
  for (let start = 0; start < text.length; count++) {
    if (count === logLimits.linesPerCallMax) {
      yield `… more than ${count} lines; the rest is left out`;
      return;
    }
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    yield text.slice(start, end > start && text[end - 1] === "\r" ? end - 1 : end);
    start = end + 1;
  }
}

function clip(text: string, bytesMax: number): string {
  const clipped = clipUtf8(text, bytesMax);
  return clipped.length < text.length ? `${clipped}…` : clipped;
}
