/// <reference path="../webassembly.d.ts" />
import type { OutputStream } from "../../../protocol/output.ts";
import { type BrokenTime, brokenTime, formatTime, secondsOf } from "./calendar.ts";

/**
 * What the interpreter's C library asks of its host. These functions are all that a guest could ever reach of
 * JavaScript, even with the interpreter's memory in its hands: they take and give numbers.
 */
export interface CLibraryHost {
  /** The interpreter's memory; another view after it grew. */
  memory(): DataView<ArrayBuffer>;
  /** Calls an entry of the interpreter's function table. */
  call(index: number, a: number, b: number): void;
  stackSave(): number;
  stackRestore(pointer: number): void;
  setThrew(threw: number, value: number): void;
  /** @returns false when the memory may not grow that far */
  growTo(bytes: number): boolean;
  write(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): void;
  /** Ends the run if memory was refused to it. */
  errorCaught(): void;
}

/** Ends the run of an interpreter that is in no state to go on. */
export class InterpreterAbort extends Error {}

/** Thrown to unwind to the last `setjmp`. One object, so that nothing else is taken for it. */
const longJump = { reason: "longjmp" };

const wasiErrors = { badFd: 8, noSystem: 52 } as const;
/** Linux error numbers, as the C library's own system calls answer them. */
const noSystemCall = -38;
const outputStreams: Record<number, OutputStream | undefined> = { 1: "stdout", 2: "stderr" };

export function cLibrary(host: CLibraryHost): WebAssembly.Imports {
  return { env: { ...control(host), ...time(host), ...refusedCalls }, wasi_snapshot_preview1: files(host) };
}

function control(host: CLibraryHost) {
  return {
    // Lua's pcall is setjmp and longjmp, which Emscripten builds from these two.
    invoke_vii(index: number, a: number, b: number): void {
      const stack = host.stackSave();
      try {
        host.call(index, a, b);
      } catch (error) {
        if (error !== longJump) throw error;
        host.stackRestore(stack);
        host.setThrew(1, 0);
      }
    },
    _emscripten_throw_longjmp(): never {
      throw longJump;
    },
    emscripten_resize_heap: (bytes: number): number => (host.growTo(bytes >>> 0) ? 1 : 0),
    // The prelude calls it by the name of os.execute, which guests don't have.
    system(): number {
      host.errorCaught();
      return -1;
    },
    abort(): never {
      throw new InterpreterAbort("The Lua interpreter gave up.");
    },
    exit(): never {
      throw new InterpreterAbort("The Lua interpreter exited.");
    },
  };
}

function time(host: CLibraryHost) {
  return {
    emscripten_date_now: () => performance.timeOrigin + performance.now(),
    _emscripten_get_now_is_monotonic: () => 1,
    _tzset_js(): void {},
    _gmtime_js: (seconds: bigint, target: number) =>
      putTime(host.memory(), target >>> 0, brokenTime(Number(seconds))),
    _localtime_js: (seconds: bigint, target: number) =>
      putTime(host.memory(), target >>> 0, brokenTime(Number(seconds))),
    _mktime_js(target: number): bigint {
      const seconds = secondsOf(getTime(host.memory(), target >>> 0));
      if (Number.isNaN(seconds)) return -1n;
      putTime(host.memory(), target >>> 0, brokenTime(seconds));
      return BigInt(seconds);
    },
    strftime(target: number, size: number, format: number, from: number): number {
      const memory = host.memory();
      const text = formatTime(getString(memory, format >>> 0), getTime(memory, from >>> 0));
      const bytes = new TextEncoder().encode(text);
      if (bytes.length + 1 > size >>> 0) return 0;
      const place = new Uint8Array(memory.buffer, target >>> 0, bytes.length + 1);
      place.set(bytes);
      place[bytes.length] = 0;
      return bytes.length;
    },
  };
}

function files(host: CLibraryHost) {
  return {
    fd_write(fd: number, vectors: number, count: number, writtenAt: number): number {
      const stream = outputStreams[fd];
      if (!stream) return wasiErrors.badFd;
      const memory = host.memory();
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let written = 0;
      for (let n = 0; n < count; n++) {
        const at = memory.getUint32((vectors >>> 0) + 8 * n, true);
        const length = memory.getUint32((vectors >>> 0) + 8 * n + 4, true);
        if (length > 0) parts.push(new Uint8Array(memory.buffer, at, length));
        written += length;
      }
      if (written > 0) host.write(stream, joined(parts, written));
      memory.setUint32(writtenAt >>> 0, written, true);
      return 0;
    },
    fd_read: () => wasiErrors.badFd,
    fd_close: () => wasiErrors.badFd,
    fd_seek: () => wasiErrors.badFd,
    environ_sizes_get(count: number, size: number): number {
      const memory = host.memory();
      memory.setUint32(count >>> 0, 0, true);
      memory.setUint32(size >>> 0, 0, true);
      return 0;
    },
    environ_get: () => 0,
  };
}

/** What is printed in one go is passed on in one go: C's buffer and the end of a line come as two parts. */
function joined(parts: Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Nothing that guests are given leads here; were one to arrive all the same, there are no files and no processes. */
const refusedCalls = {
  __syscall_openat: () => noSystemCall,
  __syscall_fcntl64: () => noSystemCall,
  __syscall_ioctl: () => noSystemCall,
  __syscall_dup3: () => noSystemCall,
  __syscall_unlinkat: () => noSystemCall,
  __syscall_rmdir: () => noSystemCall,
  __syscall_renameat: () => noSystemCall,
  __syscall_readlinkat: () => noSystemCall,
};

/** The fields of `struct tm`, each an i32, in their order; after them the time zone. */
const timeFields = ["second", "minute", "hour", "day", "month", "year", "weekday", "yearDay"] as const;
const yearBase = 1900;

function getTime(memory: DataView, at: number): BrokenTime {
  const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0, weekday = 0, yearDay = 0] =
    timeFields.map((_, index) => memory.getInt32(at + 4 * index, true));
  return { second, minute, hour, day, month, year: year + yearBase, weekday, yearDay };
}

function putTime(memory: DataView, at: number, time: BrokenTime): void {
  for (const [index, field] of timeFields.entries()) {
    memory.setInt32(at + 4 * index, time[field] - (field === "year" ? yearBase : 0), true);
  }
  for (const [index] of ["isDaylightSaving", "secondsEastOfUtc", "zoneName"].entries()) {
    memory.setInt32(at + 4 * (timeFields.length + index), 0, true);
  }
}

/** Only formats come this way, and Lua hands them over one conversion at a time. */
const formatBytesMax = 256;

function getString(memory: DataView, at: number): string {
  let text = "";
  for (let index = at; index < at + formatBytesMax; index++) {
    const byte = memory.getUint8(index);
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
