/** Texts from `from` on and before `until`, in the order of their UTF-8 bytes, which is SQLite's own for TEXT. */
export interface TextRange {
  readonly from: string;
  readonly until: string | Uint8Array;
}

/** SQLite sorts every BLOB behind every TEXT, so the empty one is an end that no text reaches. */
const noEnd = new Uint8Array(0);

/**
 * The texts that begin with `prefix` and come behind `after`, as bounds that an index can use.
 * @param prefix well-formed, as UTF-8 has it; so is `after`
 */
export function prefixRange(prefix: string, after: string | undefined): TextRange {
  // Nothing fits between a text and the same with a NUL behind it.
  const next = after === undefined ? "" : `${after}\0`;
  const from = Buffer.compare(Buffer.from(prefix), Buffer.from(next)) < 0 ? next : prefix;
  return { from, until: endOf(prefix) };
}

/** The first text behind all that begin with the prefix. */
function endOf(prefix: string): string | Uint8Array {
  const points = [...prefix];
  while (points.length > 0) {
    const last = points.pop()?.codePointAt(0) ?? 0;
    if (last === 0x10ffff) continue;
    // UTF-8 has no surrogates: behind U+D7FF comes U+E000.
    return points.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
  return noEnd;
}
