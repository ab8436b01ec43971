import type { Language } from "../protocol/languages.ts";

/** How a worker stands with its orchestrator. */
export type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly volunteerId: string }
  /** The link was lost, or never came about, for this reason; it is tried again after `inMs`. */
  | { readonly kind: "reconnecting"; readonly inMs: number; readonly reason: string }
  | { readonly kind: "stopped" };

/** Whether a worker takes new work. */
export type Intake =
  | { readonly kind: "open" }
  | { readonly kind: "paused"; readonly reason: string }
  | { readonly kind: "draining" };

/** A job or a call of a function at its turn in a slot. */
export interface Work {
  readonly slot: number;
  readonly kind: "job" | "call";
  readonly id: string;
  readonly language: Language;
  readonly namespace: string;
  /** Milliseconds since the Unix epoch at which it came to its turn. */
  readonly since: number;
}

export interface WorkEnd {
  /** `completed`, the code of an error, `returned`, `cancelled`, or `abandoned` when the link was lost. */
  readonly outcome: string;
  /** Milliseconds; undefined where the guest's run was cut short or not measured. */
  readonly wallMs: number | undefined;
  readonly cpuMs: number | undefined;
}

/** Told what a worker does, as it does it: up to thousands of times a second, so it must take little time. */
export interface WorkerObserver {
  link(state: LinkState): void;
  intake(state: Intake): void;
  began(work: Work): void;
  /** Called once for each work that began. */
  ended(work: Work, end: WorkEnd): void;
  /** The slot takes a rest, so as to keep to its share, or has ended it. Short rests go untold. */
  resting(slot: number, resting: boolean): void;
}

/** For workers that nobody watches. */
export const noObserver: WorkerObserver = { link() {}, intake() {}, began() {}, ended() {}, resting() {} };
