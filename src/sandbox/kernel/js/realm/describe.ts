import { guestFile } from "./guest-file.ts";
import { inspect } from "./inspect.ts";
import { charCodeAt, descends, ErrorOf, includes, indexOf, StringOf } from "./primordials.ts";

const digitZero = 48;

/**
 * The line of the guest's source that a stack trace names first. Engines write `job.js:3:14`, or where the code came from
 * before it: `job.js, <anonymous>:3:14`.
 */
function firstGuestLine(stack: string): number | undefined {
  const file = indexOf(stack, guestFile);
  const colon = file < 0 ? -1 : indexOf(stack, ":", file);
  if (colon < 0) return undefined;
  let line = 0;
  for (let index = colon + 1; index < stack.length; index++) {
    const digit = charCodeAt(stack, index) - digitZero;
    if (digit < 0 || digit > 9) break;
    line = line * 10 + digit;
  }
  return line > 0 ? line : undefined;
}

/** Says in one line what guest code threw. It may run guest code (getters), which may throw again. */
export function describeThrown(reason: unknown): string {
  try {
    if (!descends(reason, ErrorOf.prototype)) return `Uncaught ${inspect(reason)}`;
    const { name, message, stack } = reason as Error;
    const text =
      name && message ? `${StringOf(name)}: ${StringOf(message)}` : StringOf(message || name || "Error");
    const line = typeof stack === "string" ? firstGuestLine(stack) : undefined;
    return line === undefined || includes(text, "\n") ? text : `${text} (line ${line})`;
  } catch {
    return "Uncaught: the code threw something that cannot be shown.";
  }
}
