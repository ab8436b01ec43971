import type { Language } from "../../../src/protocol/languages.ts";
import type { LinkState } from "../../../src/worker/observer.ts";
import type { Totals } from "../totals.ts";

/** How the engine is to work. */
export interface EngineSettings {
  readonly slots: number;
  /** Of each slot's time, in percent. */
  readonly sharePercent: number;
  /** What one piece of work may use. */
  readonly memoryMb: number;
  /** Whose work is taken; undefined: everybody's. */
  readonly namespaces: readonly string[] | undefined;
  /** What the orchestrator is shown; undefined: nothing. */
  readonly token: string | undefined;
  /** Whether Python work is taken. */
  readonly python: boolean;
  /** Whether Python is loaded before work comes for it. */
  readonly pythonReady: boolean;
}

/** What the page asks of the engine. */
export type EngineCommand =
  /** Begin, or go on with other settings. */
  | { readonly type: "work"; readonly settings: EngineSettings }
  /** Take nothing new, finish what runs within this time, and leave. */
  | { readonly type: "rest"; readonly withinMs: number }
  /** The network is another one. */
  | { readonly type: "reconnect" }
  /** The sealed frame that was wanted, by its port; or why there is none. */
  | { readonly type: "frame"; readonly port: MessagePort }
  | { readonly type: "no-frame"; readonly reason: string };

/** What one slot does. */
export interface SlotView {
  /** What is at its turn, or was within the last second. */
  readonly work: WorkView | undefined;
  /** Pieces that ended within the last second. */
  readonly perSecond: number;
  /** It rests, so as to keep to its share. */
  readonly resting: boolean;
}

export interface WorkView {
  readonly kind: "job" | "call";
  readonly id: string;
  readonly language: Language;
  readonly namespace: string;
  /** Milliseconds since the Unix epoch at which it came to its turn. */
  readonly since: number;
  readonly running: boolean;
}

export type Phase = "off" | "working" | "finishing";

/** How far Python, which is large, has come. */
export type PythonLoad =
  | { readonly kind: "absent" }
  /** `part` is from 0 to 1. */
  | { readonly kind: "loading"; readonly part: number }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly reason: string };

/** How the engine stands; sent when something changed, a few times a second at most. */
export interface EngineSnapshot {
  readonly type: "snapshot";
  readonly phase: Phase;
  readonly link: LinkState;
  readonly slots: readonly SlotView[];
  readonly python: PythonLoad;
  /** Of this browser, this session included. */
  readonly totals: Totals;
  /** Pieces of work since the page was opened. */
  readonly piecesHere: number;
}

/** What the engine has to say to the page. */
export type EngineReport =
  | EngineSnapshot
  /** A sealed frame is to be opened, in the place of the one that was there before. Only a document can. */
  | { readonly type: "frame-wanted" }
  /** It could not be started, for this reason. */
  | { readonly type: "failed"; readonly reason: string };
