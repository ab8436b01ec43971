import type { CallStatsView } from "../../../../src/protocol/call-stats.ts";
import type { OverviewTick } from "../../../../src/protocol/overview.ts";
import { useActivity } from "../../data/activity.ts";
import { type Resource, useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";

/** How a function's calls went, kept true. */
export function useCallStats(namespace: string, path: string): Resource<CallStatsView> {
  const stats = useResource(
    `calls ${namespace}/${path}`,
    (signal) => client.functions.stats(namespace, path, { signal }),
    { fresh: true },
  );
  useActivity(callTrace, stats.reload);
  return stats;
}

/** Changes with each second in which a function was called, and with each minute, since charts move on with it. */
export function callTrace({ point: { calls_ok, calls_failed, at } }: OverviewTick): string {
  return calls_ok + calls_failed > 0 ? `${at}` : `minute ${Math.floor(at / 60)}`;
}
