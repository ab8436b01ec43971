import { stripVTControlCharacters, styleText } from "node:util";
import type { Surroundings } from "./command.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/**
 * What a command shows: its answer on stdout, everything about it on stderr. Much of it was written by strangers, so that
 * to a terminal nothing goes but text and colours; a pipe gets what there is.
 */
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
    this.text(`${text}\n`);
  }

  /** Text of the answer, without an end of line added. */
  text(text: string): void {
    this.#out.write(textFor(this.#out, text));
  }

  json(value: unknown): void {
    this.line(JSON.stringify(value, null, this.#out.isTTY ? 2 : undefined));
  }

  /** A line beside the answer. */
  note(text: string): void {
    this.complaint(`${text}\n`);
  }

  /** Text that was written to stderr elsewhere. */
  complaint(text: string): void {
    this.status("");
    this.#err.write(textFor(this.#err, text));
  }

  /** What goes on just now, on a line that the next one takes the place of. Only terminals see it. */
  status(text: string): void {
    if (!this.#err.isTTY) return;
    if (this.#hasStatus) this.#err.write("\r\x1b[K");
    this.#hasStatus = text !== "";
    const columns = this.#err.columns || 80;
    if (text !== "") this.#err.write(printable(text).slice(0, columns - 1));
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

/** Text as it may go to this stream. */
export function textFor({ isTTY }: Pick<NodeJS.WriteStream, "isTTY">, text: string): string {
  return isTTY ? printableLines(text) : text;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what begins a colour.
const colour = /(\x1b\[[\d;]*m)/;

/** Lines and colours stay, all else that would steer the terminal goes. */
export function printableLines(text: string): string {
  // What was split off by a group stands at odd places.
  const parts = text.split(colour).map((part, at) => (at % 2 === 1 ? part : withoutControls(part)));
  return parts.join("");
}

function withoutControls(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]+/gu, "");
}
