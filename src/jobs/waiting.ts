import type { WaitingFor, WaitReason } from "../protocol/job.ts";
import type { Connection } from "./connection.ts";
import type { LiveJob } from "./live-job.ts";
import { isPlaced, takes, takesClass, takesLanguage } from "./match.ts";

/** What there is to know about why a job does not run. */
export interface WaitFacts {
  readonly connections: readonly Connection[];
  readonly stopping: boolean;
  /** Ends pile up before the disk. */
  readonly congested: boolean;
  /** It is kept from the queue for a while, because a volunteer has just failed it. */
  readonly parked: boolean;
  /** How many of its namespace go before it; undefined where counting would take long. */
  readonly ahead: number | undefined;
}

/** Why a job waits, in words for whoever waits for it. */
export function waitingFor(job: LiveJob, facts: WaitFacts): WaitingFor {
  const reason = reasonOf(job, facts);
  return { reason, message: sentenceOf(reason, job), ahead: facts.ahead ?? null };
}

function reasonOf(job: LiveJob, { connections, stopping, congested, parked }: WaitFacts): WaitReason {
  if (job.phase === "ending") return "being_stored";
  if (stopping) return "stopping";
  if (job.phase === "leased") return "dispatched";
  const staying = connections.filter(({ volunteer }) => !volunteer.draining);
  if (staying.length === 0) return "no_volunteer";
  const speaking = staying.filter(({ taker }) => takesLanguage(taker, job.language));
  if (speaking.length === 0) return "no_language";
  const near = speaking.filter(({ taker }) => isPlaced(taker.standing, job.placement));
  if (near.length === 0) return "no_trust";
  const asking = near.filter(({ taker }) => taker.database || !job.usesDatabase);
  if (asking.length === 0) return "no_database";
  const roomy = asking.filter(({ taker }) => takesClass(taker, job));
  if (roomy.length === 0) return "no_memory";
  const able = roomy.filter(({ taker }) => takes(taker, job));
  if (able.length === 0) return "no_namespace";
  if (able.every(({ volunteer }) => volunteer.resting.size === volunteer.offer.slots)) return "resting";
  if (congested) return "disk";
  return parked ? "retry_pause" : "busy";
}

function sentenceOf(reason: WaitReason, { spec }: LiveJob): string {
  switch (reason) {
    case "no_volunteer":
      return "No volunteer is connected. Start a worker, or open /volunteer/ in a browser.";
    case "no_language":
      return `None of the connected volunteers runs ${spec.language}.`;
    case "no_trust":
      return `None of the volunteers that run ${spec.language} is one that the placement ${spec.placement} allows.`;
    case "no_database":
      return `None of the volunteers that run ${spec.language} can answer what it asks the database.`;
    case "no_memory":
      return `None of the volunteers that run ${spec.language} has ${spec.memoryMb} MB to give.`;
    case "no_namespace":
      return `None of the volunteers that could run it serves the namespace ${spec.namespace}.`;
    case "resting":
      return "Every volunteer that could run it has paused, or rests to keep to its share of the time.";
    case "busy":
      return "Every slot that could run it is taken.";
    case "dispatched":
      return "It was sent to a volunteer, which has a job before it.";
    case "retry_pause":
      return "A volunteer has just failed it; it is tried on another one in a moment.";
    case "disk":
      return "The disk does not take results, so nothing is handed out until it does.";
    case "being_stored":
      return "It has ended, and its end is being stored.";
    case "stopping":
      return "The orchestrator is stopping and hands out nothing more.";
  }
}
