import { useEffect, useRef, useState } from "preact/hooks";
import type { DeploymentListItem } from "../../../../src/protocol/functions.ts";
import { formatCount, plural } from "../../../../src/stdx/format.ts";
import { Sparkline } from "../../../shared/chart/sparkline.tsx";
import { client } from "../../data/session.ts";
import "./functions.css";

/** Calls in each of the last sixty minutes, by function. */
export type Minutes = ReadonlyMap<string, readonly number[]>;

const atOnce = 3;

export function keyOf({ user, path }: Pick<DeploymentListItem, "user" | "path">): string {
  return `${user}/${path}`;
}

/** Reads the minutes of those functions that were called, and again of those that were called since. */
export function useMinutes(deployments: readonly DeploymentListItem[] | undefined): Minutes {
  const [minutes, setMinutes] = useState<Minutes>(new Map());
  const read = useRef(new Map<string, string>());
  useEffect(() => {
    if (!deployments) return;
    const abort = new AbortController();
    const due = deployments.filter(
      (deployment) =>
        deployment.last_hour.calls > 0 &&
        read.current.get(keyOf(deployment)) !== deployment.last_hour.last_called_at,
    );
    const worker = async () => {
      for (let next = due.shift(); next; next = due.shift()) {
        const key = keyOf(next);
        const stats = await client.functions.stats(next.user, next.path, { signal: abort.signal });
        read.current.set(key, next.last_hour.last_called_at ?? "");
        setMinutes((known) => new Map(known).set(key, stats.minutes.calls));
      }
    };
    // Without it a row has its figures still; a function may have been deleted just now.
    for (let at = 0; at < atOnce; at++) void worker().catch(() => undefined);
    return () => abort.abort();
  }, [deployments]);
  return minutes;
}

export interface RecentProps {
  readonly deployment: DeploymentListItem;
  readonly minutes: readonly number[] | undefined;
}

/** A function's last hour, for a row of a list. */
export function Recent({ deployment: { last_hour }, minutes = [] }: RecentProps) {
  const { calls, errors } = last_hour;
  return (
    <span class="recent">
      <Sparkline label={`${plural(calls, "call")} in the last hour`} values={minutes} />
      <span class="recent__figures numbers">
        {formatCount(calls)}
        {errors > 0 && <span class="recent__failed">, {plural(errors, "error")}</span>}
      </span>
    </span>
  );
}
