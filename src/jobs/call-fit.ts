import type { CalledFunction } from "./call.ts";
import type { Lane } from "./lane.ts";
import { memoryStepsOf, takes } from "./match.ts";

/** Whether a lane may run a function: by what its volunteer can do, and by where the function may be placed. */
export function fits(lane: Lane, { revision, usesDatabase }: CalledFunction): boolean {
  const { offer, session } = lane.volunteer;
  if (!offer.lanes) return false;
  if (revision.placement === "internal" && session.origin !== "internal") return false;
  if (revision.placement === "trusted" && !lane.volunteer.trusted) return false;
  const { runtime: language, namespace, memoryMb } = revision;
  return takes(lane.taker, { language, namespace, memorySteps: memoryStepsOf(memoryMb), usesDatabase });
}
