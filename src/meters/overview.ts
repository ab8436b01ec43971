import type { Language } from "../protocol/languages.ts";
import {
  type Overview,
  type OverviewPoint,
  type OverviewSeries,
  type OverviewTick,
  overviewLimits,
} from "../protocol/overview.ts";
import type { VolunteerKind } from "../protocol/volunteer-kinds.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import { Feed } from "../stdx/feed.ts";
import type { Counts, Tally } from "./tally.ts";

/** How things stand, asked of those who know. */
export interface Gauges {
  /** Asked every second, so it costs next to nothing. */
  standing(): {
    readonly waiting: number;
    readonly running: number;
    readonly slots: number;
    readonly busySlots: number;
  };
  /** Asked only while somebody looks. */
  breakdown(namespacesMax: number): {
    readonly queueMax: number;
    readonly byLanguage: Readonly<Record<Language, number>>;
    /** The longest queue first. */
    readonly byNamespace: readonly { readonly namespace: string; readonly waiting: number }[];
    readonly volunteers: Readonly<Record<VolunteerKind, number>>;
  };
}

export interface OverviewParts {
  readonly gauges: Gauges;
  readonly tally: Tally;
  readonly clock: Clock;
}

export type OverviewEvent =
  /** The first one: an `Overview`, as JSON text. */
  | { readonly kind: "overview"; readonly json: string }
  /** How things stood, once every second: an `OverviewTick`, as JSON text that all readers share. */
  | { readonly kind: "tick"; readonly json: string }
  /** The reader was too slow: `missed` ticks were let go, and the stream ends here. */
  | { readonly kind: "lagged"; readonly missed: number };

const tickMs = 1000;
const pointsMax = overviewLimits.minutesMax * 60;
/** A reader that is behind by more than this many ticks is better off with a new picture. */
const feedBounds = { itemsMax: 15, weightMax: Number.POSITIVE_INFINITY };

/**
 * The live picture of an orchestrator: rates, queue, slots and latencies of the last minutes. Counting costs those who work
 * an addition; once a second a point is kept; what is to be shown is put together once for all who look, if any do.
 */
export class LiveOverview implements Disposable {
  readonly #parts: OverviewParts;
  readonly #points: OverviewPoint[] = [];
  readonly #feeds = new Set<Feed<OverviewEvent>>();
  #timer: Timer;
  #disposed = false;

  constructor(parts: OverviewParts) {
    this.#parts = parts;
    this.#timer = this.#tickLater();
  }

  /** How things stand now, and how they went in the last minutes. */
  snapshot(minutes: number): Overview {
    return { ...this.#tick(), series: seriesOf(this.#points.slice(-minutes * 60)) };
  }

  /** What `snapshot` answers, then every second from now on. To be closed by whoever reads it. */
  watch(minutes: number): Feed<OverviewEvent> {
    const feed: Feed<OverviewEvent> = new Feed<OverviewEvent>(
      feedBounds,
      (missed) => ({ kind: "lagged", missed }),
      () => this.#feeds.delete(feed),
    );
    feed.push({ kind: "overview", json: JSON.stringify(this.snapshot(minutes)) });
    if (this.#disposed) feed.close();
    else this.#feeds.add(feed);
    return feed;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#timer.cancel();
    for (const feed of this.#feeds) feed.close();
  }

  #tickLater(): Timer {
    const { clock } = this.#parts;
    return clock.after(tickMs - (clock.now() % tickMs), () => {
      this.#timer = this.#tickLater();
      this.#closeSecond();
    });
  }

  #closeSecond(): void {
    const { tally } = this.#parts;
    this.#points.push(this.#point(tally.take()));
    if (this.#points.length > pointsMax) this.#points.shift();
    tally.latency.turn();
    if (this.#feeds.size === 0) return;
    const json = JSON.stringify(this.#tick());
    const event = { kind: "tick", json } as const;
    for (const feed of this.#feeds) feed.push(event);
  }

  /** The second that ends now. */
  #point({ accepted, completed, failed, cancelled, callsOk, callsFailed }: Counts): OverviewPoint {
    const { gauges, tally, clock } = this.#parts;
    const { waiting, slots, busySlots } = gauges.standing();
    const { job, wait, call } = tally.latency.read();
    return {
      at: Math.round(clock.now() / 1000),
      jobs_accepted: accepted,
      jobs_completed: completed,
      jobs_failed: failed,
      jobs_cancelled: cancelled,
      calls_ok: callsOk,
      calls_failed: callsFailed,
      jobs_waiting: waiting,
      slots,
      slots_busy: busySlots,
      job_p50_ms: job?.p50_ms ?? null,
      job_p95_ms: job?.p95_ms ?? null,
      wait_p50_ms: wait?.p50_ms ?? null,
      wait_p95_ms: wait?.p95_ms ?? null,
      call_p50_ms: call?.p50_ms ?? null,
      call_p95_ms: call?.p95_ms ?? null,
    };
  }

  #tick(): OverviewTick {
    const { gauges, tally, clock } = this.#parts;
    const { waiting, running, slots, busySlots } = gauges.standing();
    const { queueMax, byLanguage, byNamespace, volunteers } = gauges.breakdown(overviewLimits.namespacesMax);
    let named = 0;
    for (const entry of byNamespace) named += entry.waiting;
    return {
      at: new Date(clock.now()).toISOString(),
      // Before the first second is over there is the one that has begun.
      point: this.#points.at(-1) ?? this.#point(tally.counts),
      queue: {
        waiting,
        max: queueMax,
        by_language: { ...byLanguage },
        by_namespace: [...byNamespace],
        other_namespaces: Math.max(0, waiting - named),
      },
      jobs_running: running,
      slots: { total: slots, busy: busySlots },
      volunteers: {
        total: Object.values(volunteers).reduce((sum, count) => sum + count, 0),
        by_kind: { ...volunteers },
      },
      latency: tally.latency.read(),
    };
  }
}

function seriesOf(points: readonly OverviewPoint[]): OverviewSeries {
  return {
    at: points.map((point) => point.at),
    jobs_accepted: points.map((point) => point.jobs_accepted),
    jobs_completed: points.map((point) => point.jobs_completed),
    jobs_failed: points.map((point) => point.jobs_failed),
    jobs_cancelled: points.map((point) => point.jobs_cancelled),
    calls_ok: points.map((point) => point.calls_ok),
    calls_failed: points.map((point) => point.calls_failed),
    jobs_waiting: points.map((point) => point.jobs_waiting),
    slots: points.map((point) => point.slots),
    slots_busy: points.map((point) => point.slots_busy),
    job_p50_ms: points.map((point) => point.job_p50_ms),
    job_p95_ms: points.map((point) => point.job_p95_ms),
    wait_p50_ms: points.map((point) => point.wait_p50_ms),
    wait_p95_ms: points.map((point) => point.wait_p95_ms),
    call_p50_ms: points.map((point) => point.call_p50_ms),
    call_p95_ms: points.map((point) => point.call_p95_ms),
  };
}
