import type { EngineSnapshot } from "./engine/messages.ts";
import type { Plan } from "./plan.ts";

/** How things stand, in words. */
export interface Status {
  /** A few words; changes only when something happened that a person wants to know of. */
  readonly headline: string;
  /** A sentence; may change often. */
  readonly detail: string;
  readonly tone: "neutral" | "good" | "warn" | "bad" | "info";
  /** Work may come in. */
  readonly live: boolean;
}

export interface StatusFacts {
  readonly plan: Plan;
  readonly snapshot: EngineSnapshot;
  /** The visitor asked to stop when the work at hand is done. */
  readonly stopping: boolean;
  readonly online: boolean;
  /** The orchestrator takes volunteers only with a token, and was shown none that is good. */
  readonly closedDoor: boolean;
  /** Why the engine could not be started. */
  readonly failure: string | undefined;
  /** The orchestrator's host. */
  readonly host: string;
  /** How an instant is told: `15:42`. */
  readonly clock: (at: number) => string;
}

export function statusOf(facts: StatusFacts): Status {
  const { plan, snapshot, stopping, failure } = facts;
  const still = { live: false } as const;
  if (failure !== undefined) {
    return { ...still, headline: "It could not be started", detail: failure, tone: "bad" };
  }
  if (snapshot.phase === "finishing") {
    return {
      ...still,
      headline: stopping ? "Stopping" : "Pausing",
      detail: "What runs is being finished; nothing new is taken.",
      tone: "info",
    };
  }
  if (plan.kind === "off") {
    return {
      ...still,
      headline: "Not running",
      detail: "Nothing runs until you press the button.",
      tone: "neutral",
    };
  }
  if (plan.kind === "pause") return { ...still, tone: "warn", ...pauseWords(plan, facts) };
  return linkStatus(facts);
}

function pauseWords(plan: Extract<Plan, { kind: "pause" }>, { clock }: StatusFacts) {
  return plan.reason === "battery"
    ? {
        headline: "Paused: on battery",
        detail:
          "It goes on by itself once this device is plugged in. The settings below allow work on battery.",
      }
    : {
        headline: `Paused until ${clock(plan.until)}`,
        detail: "Then it goes on by itself, if this page is still open.",
      };
}

function linkStatus({ snapshot, online, closedDoor, host }: StatusFacts): Status {
  const { link, slots } = snapshot;
  switch (link.kind) {
    case "connected": {
      const busy = slots.filter(({ work }) => work !== undefined).length;
      const detail =
        busy === 0
          ? "Ready. Work starts here as soon as somebody asks for it."
          : `Working on ${busy === 1 ? "1 core" : `${busy} cores`}.`;
      return { headline: `Connected to ${host}`, detail, tone: "good", live: true };
    }
    case "reconnecting": {
      if (closedDoor) {
        const detail = "It takes only volunteers that show one. Whoever runs it can give it to you.";
        return { headline: `${host} asks for a token`, detail, tone: "warn", live: false };
      }
      const detail = online
        ? `Trying again ${waitWords(link.inMs)}. Work goes on by itself once ${host} answers.`
        : "This device is offline. Work goes on by itself once it is back.";
      return { headline: `No connection to ${host}`, detail, tone: "warn", live: false };
    }
    case "connecting":
    case "stopped":
      return { headline: `Connecting to ${host}`, detail: "One moment.", tone: "info", live: false };
  }
}

function waitWords(ms: number): string {
  return ms < 1000 ? "at once" : `in ${Math.round(ms / 1000)} s`;
}
