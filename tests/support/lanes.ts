import type { JobMessage, VolunteerMessage } from "../../src/protocol/volunteer.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { Lane } from "../../src/worker/lane.ts";
import { FakeCellHost } from "./fake-cells.ts";

/** One lane over cells that do as they are told, and what it said. */
export function laneForTest(share = 1) {
  const clock = new ManualClock();
  const cells = new FakeCellHost(() => clock.monotonic());
  const sent: VolunteerMessage[] = [];
  const began: string[] = [];
  const ended: string[] = [];
  /** Whether it took work, each time that it said so. */
  const opened: boolean[] = [];
  const lane: Lane = new Lane({
    cells,
    clock,
    share,
    modules: { module: async (cid) => new TextEncoder().encode(cid) },
    send: (message) => sent.push(message),
    ask: () => Promise.reject(new Error("Nobody answers here.")),
    began: ({ id }) => began.push(id),
    opened: () => opened.push(lane.isOpen),
    ended: ({ id }, how) => ended.push(`${id} ${how}`),
  });
  return { clock, cells, sent, began, ended, opened, lane };
}

let lease = 0;
/** A job on a lease of its own. */
export function jobMessage(fields: Partial<JobMessage> = {}): JobMessage {
  lease++;
  return {
    type: "job",
    job_id: `job-${lease}`,
    job_type: "js",
    code: "1",
    input_data: null,
    timeout_seconds: 30,
    lease,
    slot: 0,
    namespace: "alice",
    memory_mb: 256,
    ...fields,
  };
}
