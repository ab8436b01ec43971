import type { HostAnswer } from "../protocol/host-calls.ts";
import type { HostResultMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { Assignment } from "./assignment.ts";

/** What guests of this worker ask of the orchestrator, on its way there and back. */
export class HostCalls {
  readonly #send: (message: VolunteerMessage) => void;
  readonly #waiting = new Map<number, (answerJson: string) => void>();
  #nextId = 1;

  constructor(send: (message: VolunteerMessage) => void) {
    this.#send = send;
  }

  ask({ id, lease }: Assignment, op: string, argsJson: string): Promise<string> {
    const callId = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waiting.set(callId, resolve);
    this.#send({ type: "host", call_id: callId, job_id: id, lease, op, args_json: argsJson });
    return promise;
  }

  answered({ call_id, answer_json }: HostResultMessage): void {
    const resolve = this.#waiting.get(call_id);
    this.#waiting.delete(call_id);
    resolve?.(answer_json);
  }

  /** The link is gone: whoever waits would wait for ever. */
  abandon(): void {
    const answer: HostAnswer = {
      ok: false,
      code: "volunteer_lost",
      error: "The orchestrator is out of reach.",
    };
    for (const resolve of this.#waiting.values()) resolve(JSON.stringify(answer));
    this.#waiting.clear();
  }
}
