import type { SQLOutputValue } from "node:sqlite";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { LogLine } from "../../functions/log-line.ts";
import { text } from "./row.ts";

/** What a line is, as its third member says. */
const kinds = { stdout: 1, stderr: 2, ended: 3, call: 4 } as const;

/** Below this size there is little to gain. */
const compressedFromChars = 1024;
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Lines as JSON without the names of their fields. Those of a busy function are much alike: compressed they take a
 * twentieth of the space, and less time than writing them as they are.
 */
export function encodeLines(lines: readonly LogLine[]): { content: string | Uint8Array; bytes: number } {
  const json = JSON.stringify(lines.map(tupleOf));
  if (json.length < compressedFromChars) return { content: json, bytes: Buffer.byteLength(json) };
  const content = zstdCompressSync(json, zstdOptions);
  return { content, bytes: content.length };
}

function tupleOf(line: LogLine): unknown[] {
  const { seq, at, revision } = line;
  if (line.level !== "call") return [seq, at, kinds[line.stream ?? "ended"], revision, line.text];
  const { method, path, status, duration_ms, cold, volunteer_id } = line.call;
  return [seq, at, kinds.call, revision, method, path, status, duration_ms, cold, volunteer_id];
}

export function decodeLines(content: SQLOutputValue | undefined): LogLine[] {
  const json = content instanceof Uint8Array ? zstdDecompressSync(content).toString("utf8") : text(content);
  const tuples: unknown = JSON.parse(json);
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
