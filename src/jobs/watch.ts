import type { Clock } from "../stdx/clock.ts";
import type { Connection } from "./connection.ts";
import type { Lane } from "./lane.ts";
import type { Lease } from "./leases.ts";

export interface WatchOptions {
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  readonly overdueMs: number;
}

/** What the watch finds. */
export interface WatchFindings {
  silent(connection: Connection): void;
  overdue(connection: Connection, lane: Lane, lease: Lease): void;
  rested(lane: Lane): void;
}

/** How often the watch goes round at least. */
const roundMsMax = 250;

export function roundMsFor({ silenceMs }: WatchOptions): number {
  return Math.max(10, Math.min(roundMsMax, silenceMs / 10));
}

/** One round: who has fallen silent, who holds a job for too long, whose rest is over; and heartbeats that are due. */
export function goRound(
  connections: Iterable<Connection>,
  clock: Clock,
  options: WatchOptions,
  findings: WatchFindings,
): void {
  const now = clock.now();
  const nowMs = clock.monotonic();
  for (const connection of connections) {
    // A worker of this process cannot be silent while we are not.
    const remote = connection.volunteer.session.origin === "remote";
    if (remote && now - connection.volunteer.lastSeenAt >= options.silenceMs) {
      findings.silent(connection);
      continue;
    }
    if (nowMs - connection.beatenAt >= options.heartbeatMs) {
      connection.beatenAt = nowMs;
      connection.volunteer.session.send({ type: "heartbeat" });
    }
    for (const lane of connection.lanes) lookAt(connection, lane, nowMs, options, findings);
  }
}

function lookAt(
  connection: Connection,
  lane: Lane,
  nowMs: number,
  { overdueMs }: WatchOptions,
  findings: WatchFindings,
): void {
  const head = lane.leases[0];
  if (
    head?.turnAt !== undefined &&
    nowMs - head.turnAt >= lane.outMsMax(head.job.spec.timeoutMs) + overdueMs
  ) {
    findings.overdue(connection, lane, head);
  }
  if (lane.restsUntil > 0 && nowMs >= lane.restsUntil) {
    lane.restsUntil = 0;
    findings.rested(lane);
  }
}
