import type { Call, CalledFunction } from "./call.ts";
import type { Lane } from "./lane.ts";
import { memoryStepsOf, takes } from "./match.ts";

/** Whether a lane may run a function: by what its volunteer can do, and by where the function may be placed. */
export function fits(lane: Lane, { revision, usesDatabase }: CalledFunction): boolean {
  if (!lane.volunteer.offer.lanes) return false;
  const { runtime: language, namespace, memoryMb, placement } = revision;
  const memorySteps = memoryStepsOf(memoryMb);
  return takes(lane.taker, { language, namespace, memorySteps, usesDatabase, placement });
}

/** Of calls that a lane has ahead: a volunteer that has much to read is cut off, whoever's work it has. */
const aheadCharsMax = 1024 * 1024;

/** Whether a call may go to a lane beside those that it has. A large one goes alone. */
export function hasRoom({ callsHeld, callCharsHeld }: Lane, { invocation }: Call): boolean {
  return callsHeld === 0 || callCharsHeld + invocation.requestJson.length <= aheadCharsMax;
}
