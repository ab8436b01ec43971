export type OutputStream = "stdout" | "stderr";

export interface LogLine {
  /** Counts lines from the beginning of the output, so that it stays a line's own when earlier ones go. */
  readonly number: number;
  readonly stream: OutputStream;
  readonly text: string;
  /** Ended by a line break: nothing more is added to it. */
  readonly whole: boolean;
}

/** Output as lines, the latest ones. */
export interface LogLines {
  readonly lines: readonly LogLine[];
  /** There were earlier lines. */
  readonly cut: boolean;
}

export const noLines: LogLines = { lines: [], cut: false };

/** So many lines are kept: what a page lays out without effort. */
export const linesMax = 5000;

/** Adds a piece of output, which may begin and end within a line. */
export function withOutput({ lines, cut }: LogLines, stream: OutputStream, text: string): LogLines {
  const next = [...lines];
  let number = lines.at(-1)?.number ?? 0;
  const pieces = text.split(/(?<=\n)/);
  for (const piece of pieces) {
    if (piece === "") continue;
    const whole = piece.endsWith("\n");
    const line = whole ? piece.slice(0, -1) : piece;
    const last = next.at(-1);
    if (last && !last.whole && last.stream === stream) {
      next[next.length - 1] = { ...last, text: last.text + line, whole };
    } else {
      next.push({ number: ++number, stream, text: line, whole });
    }
  }
  const over = next.length > linesMax;
  return { lines: over ? next.slice(-linesMax) : next, cut: cut || over };
}

/** The output of a job that has ended: its two streams were kept apart, so they are shown one after the other. */
export function linesOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): LogLines {
  return withOutput(withOutput(noLines, "stdout", stdout), "stderr", stderr);
}
