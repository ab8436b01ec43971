import type { HostAnswer } from "../protocol/host-calls.ts";
import { closeCodes, type HostMessage } from "../protocol/volunteer.ts";
import type { VolunteerSession } from "../volunteers/session.ts";
import type { DispatcherCounts } from "./answers.ts";
import type { CallDesk } from "./call-desk.ts";
import type { Connection } from "./connection.ts";
import type { Leases } from "./leases.ts";

/** Answers what guests ask while they run. */
export interface HostCallPort {
  /**
   * Never rejects.
   * @param argsJson as the guest gave it: unchecked
   * @returns a `HostAnswer` as JSON text
   */
  answer(namespace: string, op: string, argsJson: string): Promise<string>;
}

export interface GuestQuestionsParts {
  readonly hostCalls: HostCallPort;
  readonly leases: Leases;
  readonly calls: Pick<CallDesk, "heldBy">;
  readonly counts: DispatcherCounts;
  isOver(session: VolunteerSession): boolean;
  dismiss(session: VolunteerSession, code: number, reason: string): void;
}

const notMentioned: HostAnswer = {
  ok: false,
  code: "forbidden",
  error: "Only code in which the word db stands may ask the database.",
};

/** Takes the questions of guests to whom it may concern, and brings the answers back. */
export class GuestQuestions {
  readonly #parts: GuestQuestionsParts;

  constructor(parts: GuestQuestionsParts) {
    this.#parts = parts;
  }

  /**
   * A guest of this volunteer asks; its namespace is that of the lease, whatever the volunteer says. A volunteer may be
   * the one that asks: it reaches no database by holding work that has no business there.
   */
  ask(connection: Connection, message: HostMessage): void {
    const { hostCalls, leases, calls, counts, isOver, dismiss } = this.#parts;
    const { volunteer } = connection;
    const { job_id, lease: number, call_id, op, args_json } = message;
    const lease = leases.of(job_id);
    const held = lease?.number === number && lease.volunteerId === volunteer.id ? lease.job : undefined;
    const asker = held ?? calls.heldBy(volunteer, job_id, number);
    if (!asker) {
      counts.stale++;
      return;
    }
    // A guest waits for its answer, so a slot has one question at a time, and now and then one of a guest just killed.
    if (connection.asking >= 2 * connection.lanes.length) {
      dismiss(volunteer.session, closeCodes.flooding, "more questions at once than you have slots");
      return;
    }
    connection.asking++;
    const answer = asker.usesDatabase
      ? hostCalls.answer(asker.namespace, op, args_json)
      : Promise.resolve(JSON.stringify(notMentioned));
    answer.then((answer_json) => {
      connection.asking--;
      if (!isOver(volunteer.session)) volunteer.session.send({ type: "host_result", call_id, answer_json });
    });
  }
}
