import type { CellKind } from "../../../protocol/languages.ts";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import { type CellEnd, type CellLinkEvents, QueuedCell } from "../queued-cell.ts";
import { CellProcess, type ProcessEnd } from "./cell-process.ts";
import type { Launched } from "./launcher.ts";
import { Watch } from "./watch.ts";

/**
 * A sealed Deno process and its queue of tasks.
 * @param launching resolves once the process was started; a rejection ends the cell
 */
export function denoCell(kind: CellKind, launching: Promise<Launched>, clock: Clock, log: Log): QueuedCell {
  let process: CellProcess | undefined;
  const open = async ({ frame, ended }: CellLinkEvents) => {
    process = new CellProcess(await launching, {
      frame,
      ended(end) {
        log.debug({ kind, ...end }, "a cell's process ended");
        ended(whyEnded(end));
      },
    });
    return process;
  };
  const pid = () => process?.pid ?? 0;
  return new QueuedCell({ kind, open, meter: (overrun) => new Watch(clock, pid, overrun), clock, log });
}

function whyEnded({ complaint, garbled, signal, exitCode }: ProcessEnd): CellEnd {
  const message = garbled
    ? "The cell wrote bytes that are no frame."
    : `The cell ended while it ran the code (${signal ?? `exit code ${exitCode}`}).`;
  return { cause: /out of memory|allocation fail|heap limit/i.test(complaint) ? "memory" : "crash", message };
}
