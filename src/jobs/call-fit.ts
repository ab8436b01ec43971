import type { CalledFunction } from "./call.ts";
import type { Lane } from "./lane.ts";
import { memoryStepsOf, takes } from "./match.ts";

/** Whether a lane may run a function: by what its volunteer can do, and by where the function may be placed. */
export function fits(lane: Lane, { revision, usesDatabase }: CalledFunction): boolean {
  if (!lane.volunteer.offer.lanes) return false;
  const { runtime: language, namespace, memoryMb, placement } = revision;
  const memorySteps = memoryStepsOf(memoryMb);
  return takes(lane.taker, { language, namespace, memorySteps, usesDatabase, placement });
}
