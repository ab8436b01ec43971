import { stripVTControlCharacters, styleText } from "node:util";
import type { Surroundings } from "./command.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** What a command shows: its answer on stdout, everything about it on stderr. */
export class Screen {
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;
  #hasStatus = false;

  constructor({ out, err }: Pick<Surroundings, "out" | "err">) {
    this.#out = out;
    this.#err = err;
  }

  /** A line of the answer. */
  line(text = ""): void {
    this.#out.write(`${text}\n`);
  }

  /** Text of the answer as it is. */
  text(text: string): void {
    this.#out.write(text);
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, this.#out.isTTY ? 2 : undefined));
  }

  /** A line beside the answer. */
  note(text: string): void {
    this.status("");
    this.#err.write(`${text}\n`);
  }

  /** Text that was written to stderr elsewhere. */
  complaint(text: string): void {
    this.status("");
    this.#err.write(text);
  }

  /** What goes on just now, on a line that the next one takes the place of. Only terminals see it. */
  status(text: string): void {
    if (!this.#err.isTTY) return;
    if (this.#hasStatus) this.#err.write("\r\x1b[K");
    this.#hasStatus = text !== "";
    const columns = this.#err.columns || 80;
    if (text !== "") this.#err.write(text.slice(0, columns - 1));
  }

  style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#out });
  }

  /** Rows under headings, each column as wide as its widest cell. Control characters of strangers are taken out. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
    const clean = rows.map((row) => row.map(printable));
    const widths = headings.map((heading, at) =>
      Math.max(heading.length, ...clean.map((row) => (row[at] ?? "").length)),
    );
    const lineOf = (cells: readonly string[]) =>
      cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join("  ");
    this.line(this.style("dim", lineOf(headings)));
    for (const row of clean) this.line(lineOf(row));
  }
}

/** One line of text that can do nothing to a terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, " ");
}

/** Output of a guest: lines stay, what would steer the terminal goes. */
export function printableLines(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]+/gu, "");
}

const unitNames = ["B", "KB", "MB", "GB", "TB"];

export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < unitNames.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unitNames[unit]}`;
}

export function durationText(ms: number): string {
  if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60
    ? `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`
    : `${(ms / 3_600_000).toFixed(1)} h`;
}

/** How long ago an instant was. */
export function agoText(instant: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(instant));
  if (ms < 60_000) return `${Math.floor(ms / 1000)} s ago`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  return ms < 86_400_000 ? `${Math.floor(ms / 3_600_000)} h ago` : `${Math.floor(ms / 86_400_000)} d ago`;
}
