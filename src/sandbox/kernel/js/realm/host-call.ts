import { RangeErrorOf } from "./primordials.ts";

/**
 * Calls a host function. Host functions do not throw of themselves, but a guest that calls from the bottom of its stack
 * makes them overflow it, and that error belongs to the kernel's realm: it must not be seen, not even by a `catch` here.
 */
export function hostCall<Result>(call: () => Result): Result {
  try {
    return call();
  } catch {
    throw new RangeErrorOf("Maximum call stack size exceeded");
  }
}
