import type { OverviewTick } from "../../../../src/protocol/overview.ts";
import type { VolunteerView } from "../../../../src/protocol/volunteer-view.ts";
import { useActivity } from "../../data/activity.ts";
import { type Resource, useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";

/** Who is connected, kept true. */
export function useVolunteers(): Resource<readonly VolunteerView[]> {
  const listed = useResource(
    "volunteers",
    async (signal) => (await client.volunteers({ signal })).volunteers,
  );
  useActivity(traceOf, listed.reload);
  return listed;
}

function traceOf({ volunteers, slots, jobs_running, point }: OverviewTick): string {
  // A second in which something ended changes what was done, though as much may run as before.
  const ended = point.jobs_completed + point.jobs_failed + point.jobs_cancelled;
  const { calls_ok, calls_failed, at } = point;
  return JSON.stringify([volunteers, slots, jobs_running, ended + calls_ok + calls_failed > 0 ? at : 0]);
}
