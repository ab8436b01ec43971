/** How far a reader has read what a job printed, in characters of each stream of one attempt. */
export interface LogPosition {
  /** Which of the job's attempts, from 1; 0 before the first. */
  readonly attempt: number;
  readonly stdout: number;
  readonly stderr: number;
}

export const atBeginning: LogPosition = { attempt: 0, stdout: 0, stderr: 0 };

/** Some of what a job printed in one attempt, and where in its stream that begins. */
export interface LogPart {
  readonly attempt: number;
  readonly stream: "stdout" | "stderr";
  readonly at: number;
  readonly text: string;
}

/** What of a part the reader does not have yet; undefined when it has all of it. */
export function unread(part: LogPart, read: LogPosition): LogPart | undefined {
  const skipped = read.attempt === part.attempt ? read[part.stream] - part.at : 0;
  if (skipped <= 0) return part;
  if (skipped >= part.text.length) return undefined;
  return { ...part, at: part.at + skipped, text: part.text.slice(skipped) };
}

/** Where a reader is who has read this part, too. */
export function afterPart({ attempt, stream, at, text }: LogPart, read: LogPosition): LogPosition {
  const before = read.attempt === attempt ? read : { ...atBeginning, attempt };
  return { ...before, [stream]: at + text.length };
}

/** A position as an event's id, which a client names when it comes back. */
export function positionText({ attempt, stdout, stderr }: LogPosition): string {
  return `${attempt}-${stdout}-${stderr}`;
}

/** Undefined for what is no position. */
export function positionOf(text: string | undefined): LogPosition | undefined {
  const match = /^(\d{1,9})-(\d{1,9})-(\d{1,9})$/.exec(text ?? "");
  if (!match) return undefined;
  const [, attempt, stdout, stderr] = match;
  return { attempt: Number(attempt), stdout: Number(stdout), stderr: Number(stderr) };
}
