import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { formatClock } from "../../src/stdx/format.ts";
import { readStored, writeStored } from "../shared/theme.ts";
import { battery, watchBattery } from "./battery.ts";
import type { EngineSettings, EngineSnapshot } from "./engine/messages.ts";
import { EngineProcess } from "./engine-process.ts";
import { type Plan, planFor } from "./plan.ts";
import { type Machine, readSettings, type Settings } from "./settings.ts";
import { type Status, statusOf } from "./status.ts";
import { noTotals, type Totals } from "./totals.ts";
import { TotalsStore } from "./totals-store.ts";
import { WakeLock } from "./wake-lock.ts";

const settingsKey = "zerverless.volunteer";
const tokenKey = "zerverless.volunteer.token";
const pausedUntilKey = "zerverless.volunteer.paused-until";
const hourMs = 3_600_000;
/** A browser's longest timer is about 24 days; none here is longer than an hour. */
const lookAgainMsMax = hourMs;
/** How long what runs may take to end when the visitor stops: longer than most work, shorter than patience. */
const stopWithinMs = 1000;
const pauseWithinMs = 10_000;
/** Longer than any job may take. */
const finishWithinMs = hourMs + 60_000;

const engineOff: EngineSnapshot = {
  type: "snapshot",
  phase: "off",
  link: { kind: "stopped" },
  slots: [],
  python: { kind: "absent" },
  totals: noTotals,
  piecesHere: 0,
};

/** The state of the page, and what the visitor can do about it. */
export class Session {
  readonly machine: Machine;
  readonly settings: Signal<Settings>;
  readonly snapshot = signal(engineOff);
  readonly totals = signal<Totals | undefined>(undefined);
  readonly pausedUntil = signal(readPausedUntil());
  /** The visitor has started it. */
  readonly wanted: Signal<boolean>;
  /** The visitor wants it to stop once what runs is done. */
  readonly finishing = signal(false);
  readonly failure = signal<string | undefined>(undefined);
  readonly online = signal(navigator.onLine);
  readonly closedDoor = signal(false);
  /** What the orchestrator is shown, where it asks for it; kept as long as the tab. */
  readonly token = signal(readStored(tokenKey, () => sessionStorage));
  readonly plan: ReadonlySignal<Plan>;
  readonly status: ReadonlySignal<Status>;
  readonly #now = signal(Date.now());
  readonly #store = new TotalsStore(() => this.#readTotals());
  readonly #wakeLock = new WakeLock();
  #engine: EngineProcess | undefined;
  #pauseTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(machine: Machine) {
    this.machine = machine;
    this.settings = signal(readSettings(readStored(settingsKey), machine));
    this.wanted = signal(this.settings.value.startByItself);
    this.plan = computed(() =>
      planFor({
        wanted: this.wanted.value,
        settings: this.settings.value,
        battery: battery.value,
        pausedUntil: this.pausedUntil.value,
        now: this.#now.value,
      }),
    );
    this.status = computed(() =>
      statusOf({
        plan: this.plan.value,
        snapshot: this.snapshot.value,
        stopping: !this.wanted.value,
        online: this.online.value,
        closedDoor: this.closedDoor.value,
        failure: this.failure.value,
        host: location.host,
        clock: (at) => formatClock(at).slice(0, 5),
      }),
    );
  }

  /** Lets the page live: from here on what the visitor chose is done. */
  begin(): void {
    void watchBattery();
    this.#readTotals();
    effect(() => writeStored(settingsKey, JSON.stringify(this.settings.value)));
    effect(() => writeStored(pausedUntilKey, this.pausedUntil.value?.toString()));
    effect(() => writeStored(tokenKey, this.token.value, () => sessionStorage));
    effect(() => this.#follow(this.plan.value));
    effect(() => this.#wakeLock.want(this.settings.value.keepAwake && this.plan.value.kind === "work"));
    effect(() => this.#endPauseAt(this.pausedUntil.value));
    // A browser does not tell why a connection was refused.
    const linkKind = computed(() => this.snapshot.value.link.kind);
    effect(() => {
      if (linkKind.value === "reconnecting") void this.#lookAtDoor();
    });
    document.addEventListener("visibilitychange", () => this.#look());
    for (const name of ["online", "offline"]) {
      addEventListener(name, () => {
        this.online.value = navigator.onLine;
        if (navigator.onLine) this.#engine?.command({ type: "reconnect" });
      });
    }
  }

  start(): void {
    batch(() => {
      this.failure.value = undefined;
      this.pausedUntil.value = undefined;
      this.finishing.value = false;
      this.wanted.value = true;
    });
  }

  stop(): void {
    batch(() => {
      this.finishing.value = false;
      this.wanted.value = false;
    });
    this.#engine?.command({ type: "rest", withinMs: stopWithinMs });
  }

  /** Stops once what runs now has come to its end. */
  finish(): void {
    batch(() => {
      this.finishing.value = true;
      this.wanted.value = false;
    });
    this.#engine?.command({ type: "rest", withinMs: finishWithinMs });
  }

  pauseForAnHour(): void {
    batch(() => {
      this.#now.value = Date.now();
      this.pausedUntil.value = Date.now() + hourMs;
    });
  }

  resume(): void {
    this.pausedUntil.value = undefined;
  }

  change(change: Partial<Settings>): void {
    this.settings.value = { ...this.settings.value, ...change };
  }

  async forgetTotals(): Promise<void> {
    this.totals.value = await this.#store.forget();
  }

  #follow(plan: Plan): void {
    const settings = engineSettings(this.settings.value, this.token.value);
    if (plan.kind === "work") {
      this.#engine ??= this.#launch();
      this.#engine?.command({ type: "work", settings });
    } else if (plan.kind === "pause") {
      this.#engine?.command({ type: "rest", withinMs: pauseWithinMs });
    }
  }

  #launch(): EngineProcess {
    return new EngineProcess({
      report: (snapshot) => {
        batch(() => {
          this.snapshot.value = snapshot;
          this.totals.value = snapshot.totals;
          if (snapshot.phase === "off") this.finishing.value = false;
        });
      },
      failed: (sentence) => {
        this.#engine = undefined;
        batch(() => {
          this.wanted.value = false;
          this.snapshot.value = engineOff;
          this.failure.value = sentence;
        });
      },
    });
  }

  #readTotals(): void {
    // A running engine tells them itself, with what is not kept yet.
    if (this.snapshot.peek().phase !== "off") return;
    void this.#store.read().then((totals) => {
      if (this.snapshot.peek().phase === "off") this.totals.value = totals;
    });
  }

  async #lookAtDoor(): Promise<void> {
    try {
      const response = await fetch("/api/access");
      const { anonymous_volunteers }: { anonymous_volunteers?: unknown } = await response.json();
      this.closedDoor.value = anonymous_volunteers === false;
    } catch {
      // Out of reach, which the connection's state says already.
      this.closedDoor.value = false;
    }
  }

  #endPauseAt(until: number | undefined): void {
    clearTimeout(this.#pauseTimer);
    if (until === undefined) return;
    const inMs = Math.min(lookAgainMsMax, Math.max(0, until - Date.now()));
    this.#pauseTimer = setTimeout(() => this.#look(), inMs);
  }

  /** Time has passed, or the device has slept. */
  #look(): void {
    const until = this.pausedUntil.peek();
    this.#now.value = Date.now();
    if (until === undefined) return;
    if (until <= Date.now()) this.pausedUntil.value = undefined;
    else this.#endPauseAt(until);
  }
}

function engineSettings(
  { cores, sharePercent, memoryMb, python }: Settings,
  token: string | undefined,
): EngineSettings {
  return {
    slots: cores,
    sharePercent,
    memoryMb,
    namespaces: undefined,
    token,
    python: python !== "never",
    pythonReady: python === "ready",
  };
}

function readPausedUntil(): number | undefined {
  const until = Number(readStored(pausedUntilKey));
  return until > Date.now() && until <= Date.now() + hourMs ? until : undefined;
}
