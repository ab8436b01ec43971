/**
 * The native stack of a cell's process, as V8's `--stack-size` takes it. C code that calls itself uses up to eleven times
 * as much native stack as stack in linear memory, which is the one that CPython watches: with V8's own default of 984 KB,
 * a cached recursive function would come to its end after 200 calls. Linux gives a process's first thread 8 MB.
 */
export const cellStackKb = 3900;

/** What is there when nothing else is known: V8's default, a little less than what other engines have. */
export const defaultStackBytes = 984 * 1024;

/** What Chromium gives a worker; the other browsers give more. */
export const workerStackBytes = 480 * 1024;

/**
 * How much of the stack in linear memory may be used before CPython raises RecursionError, so that the native stack
 * suffices whatever recurses. Measured at overflow: json.loads 9 bytes of native stack to one in memory, list.__repr__ 7,
 * functools.lru_cache 3.
 */
export function linearStackBytes(nativeStackBytes: number): number {
  return Math.floor(nativeStackBytes / 11);
}
