import { Counter, Gauge, type Registry } from "prom-client";
import type { Gauges } from "../meters/overview.ts";
import { type CommitCounts, CommitSizes } from "./commit-sizes.ts";
import { otherNamespaces } from "./namespace-labels.ts";

/** What is asked of the others when somebody collects. */
export interface StandingParts {
  readonly gauges: Gauges;
  /** Of the system's database. */
  commits(): CommitCounts;
  /** Whether the last write reached the disk. */
  diskWorks(): boolean;
  isDraining(): boolean;
  /** What the dispatcher has counted since the start, by a name each. */
  dispatched(): Readonly<Record<string, number>>;
  /** What is open now, by a name each. */
  open(): Readonly<Record<string, number>>;
  /** What was turned away since the start for being too much, by a name each. */
  turnedAway(): Readonly<Record<string, number>>;
  readonly info: { readonly version: string; readonly node_id: string };
}

const namespacesShownMax = 20;

/** How things stand, read when it is collected: it costs nothing in between. */
export function registerStanding(registry: Registry, parts: StandingParts): void {
  registerQueue(registry, parts.gauges);
  registerVolunteers(registry, parts.gauges);
  registerDisk(registry, parts);
  gauge(registry, "ready", "1 while it takes work, 0 while it drains or the disk fails.", () =>
    parts.diskWorks() && !parts.isDraining() ? 1 : 0,
  );
  gaugeBy(registry, "connections", "What is open now.", "kind", parts.open);
  countBy(
    registry,
    "turned_away_total",
    "Connections that were too many, answers that nobody read, requests sent too far ahead.",
    "what",
    parts.turnedAway,
  );
  countBy(
    registry,
    "dispatcher_events_total",
    "Jobs given back, tried again or overdue, late answers, and volunteers that fell silent.",
    "event",
    parts.dispatched,
  );
  const { version, node_id } = parts.info;
  new Gauge({
    name: "zerverless_info",
    help: "Always 1; its labels say what runs.",
    labelNames: ["version", "node_id"],
    registers: [registry],
  }).set({ version, node_id }, 1);
}

function registerQueue(registry: Registry, gauges: Gauges): void {
  gauge(registry, "jobs_running", "Jobs at their turn on a volunteer.", () => gauges.standing().running);
  gauge(registry, "queue_max", "JOB_QUEUE_MAX_SIZE", () => gauges.breakdown(0).queueMax);
  gaugeBy(
    registry,
    "jobs_waiting",
    "Jobs that wait for a volunteer.",
    "language",
    () => gauges.breakdown(0).byLanguage,
  );
  gaugeBy(
    registry,
    "jobs_waiting_by_namespace",
    "The longest queues, and the rest together.",
    "namespace",
    () => {
      const waiting: Record<string, number> = {};
      let rest = gauges.standing().waiting;
      for (const entry of gauges.breakdown(namespacesShownMax).byNamespace) {
        waiting[entry.namespace] = entry.waiting;
        rest -= entry.waiting;
      }
      return { ...waiting, [otherNamespaces]: Math.max(0, rest) };
    },
  );
}

function registerVolunteers(registry: Registry, gauges: Gauges): void {
  gaugeBy(registry, "volunteers", "Volunteers connected.", "kind", () => gauges.breakdown(0).volunteers);
  gauge(registry, "slots", "Slots that volunteers offer.", () => gauges.standing().slots);
  gauge(registry, "slots_busy", "Slots with a job at its turn.", () => gauges.standing().busySlots);
}

function registerDisk(registry: Registry, { commits, diskWorks }: StandingParts): void {
  new CommitSizes(registry, commits);
  count(registry, "commits_total", "Transactions that reached the disk.", () => commits().commits);
  count(registry, "commit_failures_total", "Transactions that the disk refused.", () => commits().failures);
  gauge(registry, "disk_works", "1 while the disk takes writes.", () => (diskWorks() ? 1 : 0));
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name: `zerverless_${name}`,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

function gaugeBy(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Readonly<Record<string, number>>,
): void {
  new Gauge({
    name: `zerverless_${name}`,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, number] of Object.entries(read())) this.set({ [label]: value }, number);
    },
  });
}

function count(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name: `zerverless_${name}`,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function countBy(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  read: () => Readonly<Record<string, number>>,
): void {
  new Counter({
    name: `zerverless_${name}`,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [value, number] of Object.entries(read())) this.inc({ [label]: value }, number);
    },
  });
}
