import { packFrames } from "../protocol/frames.ts";
import {
  type OrchestratorMessage,
  orchestratorMessageSchema,
  type VolunteerMessage,
} from "../protocol/volunteer.ts";
import { framedJsonBounds, parseBoundedJson } from "../stdx/bounded-json.ts";
import { nextTurn } from "../stdx/next-turn.ts";

/** Collects what is sent in one turn of the event loop, so that it travels together. */
export class Outbox {
  readonly #sendFrame: (frame: string) => void;
  #messages: VolunteerMessage[] = [];

  /** @param sendFrame puts a frame on the wire; a frame that the wire can't take any more is lost with it */
  constructor(sendFrame: (frame: string) => void) {
    this.#sendFrame = sendFrame;
  }

  send(message: VolunteerMessage): void {
    if (this.#messages.push(message) === 1) nextTurn(() => this.flush());
  }

  flush(): void {
    const texts = this.#messages.map((message) => JSON.stringify(message));
    this.#messages = [];
    for (const frame of packFrames(texts)) this.#sendFrame(frame);
  }
}

/** The messages of a frame from the orchestrator. Throws when it is none. */
export function readOrchestratorFrame(text: string): OrchestratorMessage[] {
  const parsed: unknown = parseBoundedJson(text, framedJsonBounds);
  const batch: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return batch.map((message) => orchestratorMessageSchema.parse(message));
}

/** Why a link is closed on a frame that is not one. */
export const notAMessage = "The orchestrator sent a frame that is no message.";
