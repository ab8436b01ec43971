import type { Dispatcher } from "../jobs/dispatcher.ts";
import type { LiveJobs } from "../jobs/live.ts";
import type { Gauges } from "../meters/overview.ts";
import type { CommitGroup } from "../stores/sqlite/commit-group.ts";
import type { VolunteerRegistry } from "../volunteers/registry.ts";

export interface GaugesParts {
  readonly live: LiveJobs;
  readonly dispatcher: Dispatcher;
  readonly volunteers: VolunteerRegistry;
}

/** Reads how things stand where it is known. */
export function gaugesOf({ live, dispatcher, volunteers }: GaugesParts): Gauges {
  const { queue, queueMax } = dispatcher;
  return {
    standing() {
      const { slots, busySlots } = volunteers.totals();
      return { waiting: queue.size, running: live.running, slots, busySlots };
    },
    breakdown(namespacesMax) {
      const byNamespace = Object.entries(queue.waitingByNamespace(namespacesMax));
      return {
        queueMax,
        byLanguage: queue.waitingByLanguage,
        byNamespace: byNamespace.map(([namespace, waiting]) => ({ namespace, waiting })),
        volunteers: volunteers.byKind(),
      };
    },
  };
}

export interface CountsParts {
  readonly dispatcher: Dispatcher;
  readonly commits: CommitGroup;
  readonly draining: AbortSignal;
}

/** Reads what has been counted where it happens. */
export function countsOf({ dispatcher, commits, draining }: CountsParts) {
  return {
    commits: () => commits.counters(),
    diskWorks: () => commits.refusal === undefined,
    isDraining: () => draining.aborted,
    dispatched: () => ({ ...dispatcher.counts, leased: dispatcher.leasesIssued }),
  };
}
