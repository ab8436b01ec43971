import { errno } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

const wasiClock = { realtime: 0, last: 3 } as const;
const nanosecondsPerMs = 1e6;
/** Two readings this close together are a loop that waits, not a program that asks. */
const spinGapMs = 5;
const napMsMax = 2;

/** Waits without using the processor where shared memory allows it. */
export class Sleeper {
  readonly #cell =
    typeof SharedArrayBuffer === "undefined" ? undefined : new Int32Array(new SharedArrayBuffer(4));

  sleep(durationMs: number): void {
    if (this.#cell !== undefined) {
      Atomics.wait(this.#cell, 0, 0, durationMs);
      return;
    }
    const end = performance.now() + durationMs;
    while (performance.now() < end);
  }
}

/** Time, always in UTC: a volunteer's own zone is none of a guest's business. */
export function clockCalls(memory: GuestMemory, sleeper: Sleeper): Record<string, WebAssembly.HostFunction> {
  return {
    clock_time_get: (clock: number, _precision: bigint, into: number) => {
      if (clock < 0 || clock > wasiClock.last) return errno.EINVAL;
      const nowMs = clock === wasiClock.realtime ? Date.now() : performance.now();
      memory.writeLong(into, BigInt(Math.round(nowMs * nanosecondsPerMs)));
      return 0;
    },
    clock_res_get: (clock: number, into: number) => {
      if (clock < 0 || clock > wasiClock.last) return errno.EINVAL;
      memory.writeLong(into, 1000n);
      return 0;
    },
    emscripten_date_now: () => Date.now(),
    emscripten_get_now: napWhenSpinning(sleeper),
    _tzset_js: (offset: number, daylight: number, standardName: number, daylightName: number) => {
      memory.writeWord(offset, 0);
      memory.writeWord(daylight, 0);
      memory.writeString(standardName, "UTC", 17);
      memory.writeString(daylightName, "UTC", 17);
    },
    _gmtime_js: (seconds: bigint, into: number) => writeBrokenDown(memory, into, Number(seconds)),
    _localtime_js: (seconds: bigint, into: number) => {
      writeBrokenDown(memory, into, Number(seconds));
      memory.writeWord(into + 32, 0);
      memory.writeWord(into + 36, 0);
    },
    _timegm_js: (at: number) => normalise(memory, at),
    _mktime_js: (at: number) => {
      const seconds = normalise(memory, at);
      memory.writeWord(at + 32, 0);
      return seconds;
    },
  };
}

/**
 * The C library sleeps by reading this clock in a loop until the time has come (`emscripten_thread_sleep`), and hardly
 * anything else reads it. So a reading that follows closely on another takes a nap first, the longer the further the
 * loop has come: short sleeps stay exact, long ones cost no processor time.
 */
function napWhenSpinning(sleeper: Sleeper): () => number {
  let loopBeganMs = 0;
  let lastReadMs = Number.NEGATIVE_INFINITY;
  return () => {
    let nowMs = performance.now();
    if (nowMs - lastReadMs > spinGapMs) {
      loopBeganMs = nowMs;
    } else {
      sleeper.sleep(Math.min(napMsMax, 0.05 + (nowMs - loopBeganMs) / 16));
      nowMs = performance.now();
    }
    lastReadMs = nowMs;
    return nowMs;
  };
}

/** musl's `struct tm`: nine ints, then the offset from UTC. */
function writeBrokenDown(memory: GuestMemory, into: number, seconds: number): void {
  const date = new Date(seconds * 1000);
  const yearBegan = Date.UTC(date.getUTCFullYear(), 0, 1);
  const fields = [
    date.getUTCSeconds(),
    date.getUTCMinutes(),
    date.getUTCHours(),
    date.getUTCDate(),
    date.getUTCMonth(),
    date.getUTCFullYear() - 1900,
    date.getUTCDay(),
    Math.floor((date.getTime() - yearBegan) / 86_400_000),
  ];
  fields.forEach((field, i) => {
    memory.writeWord(into + i * 4, field);
  });
}

function normalise(memory: GuestMemory, at: number): bigint {
  const field = (index: number) => memory.view.getInt32((at >>> 0) + index * 4, true);
  const timeMs = Date.UTC(field(5) + 1900, field(4), field(3), field(2), field(1), field(0));
  if (Number.isNaN(timeMs)) return -1n;
  writeBrokenDown(memory, at, timeMs / 1000);
  return BigInt(timeMs / 1000);
}
