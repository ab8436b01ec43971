import { diffArrays, diffWordsWithSpace } from "diff";

/** A piece of a line, and whether it is what differs from the line's counterpart. */
export interface LinePiece {
  readonly text: string;
  readonly changed: boolean;
}

/** One side of a row: the line's number, from 1, and its text. */
export interface DiffLine {
  readonly number: number;
  readonly pieces: readonly LinePiece[];
}

/** A line as it was before and as it is after; both where it stayed, or was changed into another. */
export type DiffRow =
  | { readonly kind: "same"; readonly before: DiffLine; readonly after: DiffLine }
  | { readonly kind: "changed"; readonly before: DiffLine | undefined; readonly after: DiffLine | undefined };

/** Rows that are shown, or that many that are the same and folded away. */
export type DiffBlock =
  | { readonly kind: "shown"; readonly rows: readonly DiffRow[] }
  | { readonly kind: "folded"; readonly rows: readonly DiffRow[] };

export interface CodeDiff {
  readonly rows: readonly DiffRow[];
  readonly added: number;
  readonly removed: number;
}

/** Looking for the smallest difference of two long texts that share little can take for ever. */
const searchMs = 1500;
/** Lines longer than this are machine-made: their words are not compared. */
const comparedCharsMax = 1000;

/** What changed from one code to another, line by line, and within lines that were rewritten word by word. */
export function diffCode(before: string, after: string): CodeDiff {
  const [old, now] = [linesOf(before), linesOf(after)];
  const rows: DiffRow[] = [];
  const counts = { added: 0, removed: 0 };
  let removed: string[] = [];
  let added: string[] = [];
  let [oldNumber, nowNumber] = [1, 1];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      const row = changedRow(removed[at], added[at], oldNumber, nowNumber);
      if (row.before) oldNumber++;
      if (row.after) nowNumber++;
      rows.push(row);
    }
    counts.removed += removed.length;
    counts.added += added.length;
    removed = [];
    added = [];
  };
  for (const change of changesOf(old, now)) {
    if (change.removed) removed.push(...change.value);
    else if (change.added) added.push(...change.value);
    else {
      flush();
      for (const text of change.value) {
        const pieces = [{ text, changed: false }];
        rows.push({
          kind: "same",
          before: { number: oldNumber++, pieces },
          after: { number: nowNumber++, pieces },
        });
      }
    }
  }
  flush();
  return { rows, ...counts };
}

interface Change {
  readonly value: readonly string[];
  readonly added?: boolean;
  readonly removed?: boolean;
}

function changesOf(old: string[], now: string[]): readonly Change[] {
  return (
    diffArrays(old, now, { timeout: searchMs }) ?? [
      { value: old, removed: true },
      { value: now, added: true },
    ]
  );
}

/** A line break at the end ends the last line and begins no other. */
function linesOf(code: string): string[] {
  const lines = code.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function changedRow(
  before: string | undefined,
  after: string | undefined,
  oldNumber: number,
  nowNumber: number,
): DiffRow {
  if (before === undefined || after === undefined) {
    return {
      kind: "changed",
      before: before === undefined ? undefined : { number: oldNumber, pieces: whole(before) },
      after: after === undefined ? undefined : { number: nowNumber, pieces: whole(after) },
    };
  }
  const words = wordsOf(before, after);
  return {
    kind: "changed",
    before: { number: oldNumber, pieces: words?.before ?? whole(before) },
    after: { number: nowNumber, pieces: words?.after ?? whole(after) },
  };
}

function whole(text: string): LinePiece[] {
  return [{ text, changed: false }];
}

/** The words that differ between two lines; undefined where hardly any is the same, so that marking them says nothing. */
function wordsOf(
  before: string,
  after: string,
): { readonly before: LinePiece[]; readonly after: LinePiece[] } | undefined {
  if (before.length > comparedCharsMax || after.length > comparedCharsMax) return undefined;
  const pieces = { before: [] as LinePiece[], after: [] as LinePiece[] };
  let common = 0;
  for (const { value, added, removed } of diffWordsWithSpace(before, after)) {
    const changed = added || removed;
    if (!changed) common += value.trim().length;
    if (!added) pieces.before.push({ text: value, changed });
    if (!removed) pieces.after.push({ text: value, changed });
  }
  return common * 4 >= Math.max(before.trim().length, after.trim().length) ? pieces : undefined;
}

/** Rows in blocks: long runs of what stayed the same are folded, but for some lines around each change. */
export function foldSame(rows: readonly DiffRow[], context = 3): DiffBlock[] {
  const near = new Set<number>();
  rows.forEach((row, index) => {
    if (row.kind === "same") return;
    for (let at = index - context; at <= index + context; at++) near.add(at);
  });
  const blocks: { kind: DiffBlock["kind"]; rows: DiffRow[] }[] = [];
  rows.forEach((row, index) => {
    const kind = near.has(index) ? "shown" : "folded";
    const last = blocks.at(-1);
    if (last?.kind === kind) last.rows.push(row);
    else blocks.push({ kind, rows: [row] });
  });
  // A fold takes a line itself, so folding one away saves nothing.
  return blocks.map((block) => (block.rows.length > 1 ? block : { ...block, kind: "shown" }));
}
