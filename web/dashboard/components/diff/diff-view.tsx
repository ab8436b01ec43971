import { useMemo, useState } from "preact/hooks";
import { plural } from "../../../../src/stdx/format.ts";
import { Button } from "../../../shared/button.tsx";
import { type DiffBlock, type DiffLine, type DiffRow, diffCode, foldSame } from "./code-diff.ts";
import "./diff.css";

export type DiffLook = "unified" | "split";

export interface DiffViewProps {
  /** What is compared, for screen readers. */
  readonly label: string;
  readonly before: string;
  readonly after: string;
  readonly look: DiffLook;
}

/** Two texts compared: one column with what went and what came, or two side by side. */
export function DiffView({ label, before, after, look }: DiffViewProps) {
  const diff = useMemo(() => diffCode(before, after), [before, after]);
  const blocks = useMemo(() => foldSame(diff.rows), [diff]);
  const [open, setOpen] = useState<ReadonlySet<DiffBlock>>(new Set());
  if (diff.added === 0 && diff.removed === 0) {
    return <p class="diff__same muted small">Nothing differs.</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section class="diff" tabIndex={0} aria-label={label}>
      <table class={`diff__table diff__table--${look}`}>
        <caption class="visually-hidden">
          {label}: {plural(diff.added, "line")} added, {plural(diff.removed, "line")} removed.
        </caption>
        {look === "split" ? (
          <colgroup>
            <col class="diff__number-column" />
            <col />
            <col class="diff__number-column" />
            <col />
          </colgroup>
        ) : null}
        {blocks.map((block, at) => (
          <tbody key={at}>
            {block.kind === "folded" && !open.has(block) ? (
              <Fold count={block.rows.length} onOpen={() => setOpen(new Set([...open, block]))} />
            ) : look === "split" ? (
              block.rows.map((row) => <SplitRow key={keyOf(row)} row={row} />)
            ) : (
              <UnifiedRows rows={block.rows} />
            )}
          </tbody>
        ))}
      </table>
    </section>
  );
}

function keyOf({ before, after }: DiffRow): string {
  return `${before?.number ?? ""}:${after?.number ?? ""}`;
}

function Fold({ count, onOpen }: { readonly count: number; readonly onOpen: () => void }) {
  return (
    <tr class="diff__fold">
      <td colSpan={4}>
        <Button size="small" kind="quiet" icon="more" onClick={onOpen}>
          Show {plural(count, "line")} that stayed the same
        </Button>
      </td>
    </tr>
  );
}

function SplitRow({ row }: { readonly row: DiffRow }) {
  if (row.kind === "same") {
    return (
      <tr>
        <Side line={row.before} look="same" />
        <Side line={row.after} look="same" />
      </tr>
    );
  }
  return (
    <tr>
      <Side line={row.before} look={row.before ? "removed" : "none"} />
      <Side line={row.after} look={row.after ? "added" : "none"} />
    </tr>
  );
}

type Look = "same" | "removed" | "added" | "none";

function Side({ line, look }: { readonly line: DiffLine | undefined; readonly look: Look }) {
  return (
    <>
      <td class={`diff__number diff__number--${look}`}>{line?.number}</td>
      <td class={`diff__text diff__text--${look}`}>
        <Text line={line} look={look} />
      </td>
    </>
  );
}

/** What went, then what came, for each run of lines that changed. */
function UnifiedRows({ rows }: { readonly rows: readonly DiffRow[] }) {
  const lines: { readonly line: DiffLine; readonly look: Look; readonly row: DiffRow }[] = [];
  let run: DiffRow[] = [];
  const flush = () => {
    for (const row of run) if (row.before) lines.push({ line: row.before, look: "removed", row });
    for (const row of run) if (row.after) lines.push({ line: row.after, look: "added", row });
    run = [];
  };
  for (const row of rows) {
    if (row.kind === "changed") run.push(row);
    else {
      flush();
      lines.push({ line: row.after, look: "same", row });
    }
  }
  flush();
  return (
    <>
      {lines.map(({ line, look, row }) => (
        <tr key={`${look} ${line.number}`}>
          <td class={`diff__number diff__number--${look}`}>
            {look === "added" ? "" : (row.before?.number ?? "")}
          </td>
          <td class={`diff__number diff__number--${look}`}>
            {look === "removed" ? "" : (row.after?.number ?? "")}
          </td>
          <td class={`diff__text diff__text--${look}`}>
            <Text line={line} look={look} />
          </td>
        </tr>
      ))}
    </>
  );
}

function Text({ line, look }: { readonly line: DiffLine | undefined; readonly look: Look }) {
  if (!line) return null;
  const sign = look === "added" ? "+" : look === "removed" ? "−" : " ";
  return (
    <>
      <span class="diff__sign">{sign}</span>
      {line.pieces.map(({ text, changed }, at) =>
        changed ? (
          <mark key={at} class={`diff__mark diff__mark--${look}`}>
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </>
  );
}
