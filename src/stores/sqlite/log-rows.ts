import type { SQLOutputValue } from "node:sqlite";
import type { LogLine } from "../../functions/log-line.ts";
import { text } from "./row.ts";

/** What a line is, as its third member says. */
const kinds = { stdout: 1, stderr: 2, ended: 3, call: 4 } as const;

/** Lines as JSON without the names of their fields, which would be most of it. */
export function encodeLines(lines: readonly LogLine[]): string {
  return JSON.stringify(lines.map(tupleOf));
}

function tupleOf(line: LogLine): unknown[] {
  const { seq, at, revision } = line;
  if (line.level !== "call") return [seq, at, kinds[line.stream ?? "ended"], revision, line.text];
  const { method, path, status, duration_ms, cold, volunteer_id } = line.call;
  return [seq, at, kinds.call, revision, method, path, status, duration_ms, cold, volunteer_id];
}

export function decodeLines(content: SQLOutputValue | undefined): LogLine[] {
  const tuples: unknown = JSON.parse(text(content));
  if (!Array.isArray(tuples)) throw new Error("log_segments.content holds no array.");
  return tuples.map(lineOf);
}

function lineOf(tuple: unknown): LogLine {
  if (!Array.isArray(tuple)) throw new Error("log_segments.content holds a line that is no array.");
  const [seq, at, kind, revision, first, ...rest] = tuple;
  const stamp = { seq: Number(seq), at: Number(at), revision: Number(revision) };
  switch (kind) {
    case kinds.stdout:
      return { ...stamp, level: "info", stream: "stdout", text: String(first) };
    case kinds.stderr:
      return { ...stamp, level: "error", stream: "stderr", text: String(first) };
    case kinds.ended:
      return { ...stamp, level: "error", stream: null, text: String(first) };
    case kinds.call: {
      const [path, status, durationMs, cold, volunteerId] = rest;
      return {
        ...stamp,
        level: "call",
        call: {
          method: String(first),
          path: String(path),
          status: Number(status),
          duration_ms: Number(durationMs),
          cold: typeof cold === "boolean" ? cold : null,
          volunteer_id: typeof volunteerId === "string" ? volunteerId : null,
        },
      };
    }
    default:
      throw new Error(`log_segments.content holds a line of kind ${kind}, which is none.`);
  }
}
