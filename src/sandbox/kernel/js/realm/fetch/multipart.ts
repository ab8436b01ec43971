import { type Blobs, blobBytes } from "./blob.ts";
import type { FormEntry } from "./form-data.ts";
import { joinBytes, type Texts } from "./text.ts";

const newline = "\r\n";

/** Writes a form as `multipart/form-data`, as HTML says a browser does. */
export function formatMultipart(
  entries: readonly FormEntry[],
  boundary: string,
  texts: Texts,
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const [name, value] of entries) {
    const ownName = escapeName(withNewlines(name));
    let head = `--${boundary}${newline}Content-Disposition: form-data; name="${ownName}"`;
    if (typeof value === "string") {
      parts.push(texts.encode(`${head}${newline}${newline}${withNewlines(value)}${newline}`));
      continue;
    }
    head += `; filename="${escapeName(value.name)}"${newline}Content-Type: ${value.type || "application/octet-stream"}`;
    parts.push(texts.encode(head + newline + newline));
    parts.push(blobBytes(value) ?? new Uint8Array(0), texts.encode(newline));
  }
  parts.push(texts.encode(`--${boundary}--${newline}`));
  return joinBytes(parts);
}

const withNewlines = (text: string): string => text.replace(/\r\n?|\n/g, newline);

const escapeName = (name: string): string =>
  name.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");

const unescapeName = (name: string): string =>
  name.replace(/%0A/gi, "\n").replace(/%0D/gi, "\r").replace(/%22/g, '"').replace(/\\"/g, '"');

/** @returns undefined when the bytes are no such form */
export function parseMultipart(
  bytes: Uint8Array,
  boundary: string,
  texts: Texts,
  { File }: Blobs,
): FormEntry[] | undefined {
  const delimiter = texts.encode(`${newline}--${boundary}`);
  const headEnd = texts.encode(newline + newline);
  const entries: FormEntry[] = [];
  // The first delimiter may stand at the very beginning.
  const first = delimiter.subarray(newline.length);
  const firstAt = startsAt(bytes, first, 0) ? -newline.length : indexOf(bytes, delimiter, 0);
  if (firstAt === -1) return undefined;
  let at = firstAt + delimiter.length;
  for (;;) {
    // Two dashes end the form; a line break begins a part.
    if (bytes[at] === 0x2d && bytes[at + 1] === 0x2d) return entries;
    const headAt = skipLineBreak(bytes, at);
    if (headAt === undefined) return undefined;
    const bodyAt = indexOf(bytes, headEnd, headAt) + headEnd.length;
    const end = indexOf(bytes, delimiter, Math.max(headAt, bodyAt - newline.length));
    if (bodyAt < headEnd.length || end < 0) return undefined;
    const entry = readPart(texts.decode(bytes.subarray(headAt, bodyAt)), bytes.slice(bodyAt, end));
    if (!entry) return undefined;
    entries.push(entry);
    at = end + delimiter.length;
  }

  function readPart(head: string, body: Uint8Array): FormEntry | undefined {
    const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(head)?.[1] ?? "";
    const name = /;\s*name="((?:\\"|[^"])*)"/i.exec(disposition)?.[1];
    if (name === undefined) return undefined;
    const filename = /;\s*filename="((?:\\"|[^"])*)"/i.exec(disposition)?.[1];
    if (filename === undefined) return [unescapeName(name), texts.decode(body)];
    const type = /^content-type:\s*(.*?)\s*$/im.exec(head)?.[1] ?? "text/plain";
    return [unescapeName(name), new File([body], unescapeName(filename), { type })];
  }
}

/** Past the blanks and the line break that end a delimiter's line. */
function skipLineBreak(bytes: Uint8Array, from: number): number | undefined {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  return bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : undefined;
}

function startsAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  for (let index = 0; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [head = 0] = wanted;
  for (let at = bytes.indexOf(head, from); at >= 0; at = bytes.indexOf(head, at + 1)) {
    if (startsAt(bytes, wanted, at)) return at;
  }
  return -1;
}
