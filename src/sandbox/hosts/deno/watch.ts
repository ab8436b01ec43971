import type { Clock, Timer } from "../../../stdx/clock.ts";
import type { Meter, MeteredTask, Overrun } from "../queued-cell.ts";
import { cpuMs, residentBytes } from "./usage.ts";

const tickMs = 10;
/** Readings at task boundaries are at most this old, so that a flood of tiny tasks does not pay for one each. */
const boundaryMs = 10;
/** What an engine takes beside the guest's own data before a collection gives it back: code, young generation. */
const engineSlackBytes = 48 * 1024 * 1024;
/** CPU time is counted in steps of 10 ms, too coarse for less than this. */
const cpuFromMs = 20;
const bytesPerMb = 1024 * 1024;

/**
 * Looks from outside at the process that runs a task, every ten milliseconds while one runs, and tells when the task
 * takes too long or too much memory. What counts is what the process grew by since the task came to its turn.
 */
export class Watch implements Meter {
  readonly #clock: Clock;
  readonly #pid: () => number;
  readonly #overrun: (why: Overrun) => void;
  #task: MeteredTask | undefined;
  /** For how long the task did not run, and since when it does not now. */
  #suspendedMs = 0;
  #suspendedAt: number | undefined;
  #timer: Timer | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #baseBytes: number | undefined;
  #baseCpuMs: number | undefined;
  #peakBytes: number | undefined;

  constructor(clock: Clock, pid: () => number, overrun: (why: Overrun) => void) {
    this.#clock = clock;
    this.#pid = pid;
    this.#overrun = overrun;
  }

  begin(task: MeteredTask): void {
    this.#task = task;
    this.#suspendedMs = 0;
    if (this.#suspendedAt !== undefined) this.#suspendedAt = task.startedAt;
    this.#peakBytes = undefined;
    if (task.startedAt - this.#readAt >= boundaryMs) {
      this.#readAt = task.startedAt;
      this.#baseBytes = residentBytes(this.#pid());
      this.#baseCpuMs = cpuMs(this.#pid());
    }
    this.#lookSoon(tickMs);
  }

  /** The process is stopped: until it goes on the task's time stands still. */
  suspend(): void {
    this.#suspendedAt ??= this.#clock.monotonic();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  resume(): void {
    if (this.#suspendedAt === undefined) return;
    this.#suspendedMs += this.#clock.monotonic() - this.#suspendedAt;
    this.#suspendedAt = undefined;
    if (this.#task) this.#lookSoon(tickMs);
  }

  end(): { cpuMs: number | undefined; peakMemoryBytes: number | undefined } {
    const task = this.#task;
    this.#task = undefined;
    const long = task && this.#clock.monotonic() - task.startedAt >= cpuFromMs;
    const now = long ? cpuMs(this.#pid()) : undefined;
    const used = now === undefined || this.#baseCpuMs === undefined ? undefined : now - this.#baseCpuMs;
    return { cpuMs: used, peakMemoryBytes: this.#peakBytes };
  }

  stop(): void {
    this.#task = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    const task = this.#task;
    if (!task) return;
    const elapsed = this.#clock.monotonic() - task.startedAt - this.#suspendedMs;
    if (elapsed >= task.timeoutMs) {
      this.#overrun("timeout");
      return;
    }
    if (this.#overMemory(task)) {
      this.#overrun("memory_exceeded");
      return;
    }
    const untilTimeout = Math.max(1, task.timeoutMs - elapsed);
    this.#lookSoon(Math.min(tickMs, untilTimeout));
  }

  #lookSoon(ms: number): void {
    if (this.#suspendedAt === undefined) this.#timer ??= this.#clock.after(ms, () => this.#tick());
  }

  #overMemory(task: MeteredTask): boolean {
    const resident = residentBytes(this.#pid());
    if (resident === undefined) return false;
    this.#baseBytes ??= resident;
    const grown = Math.max(0, resident - this.#baseBytes);
    this.#peakBytes = Math.max(this.#peakBytes ?? 0, grown);
    return grown > task.memoryMb * bytesPerMb + engineSlackBytes;
  }
}
