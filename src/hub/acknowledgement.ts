import type { OrchestratorMessage } from "../protocol/volunteer.ts";
import type { VolunteerId } from "../stdx/ids.ts";

/** The answer to every `ready`. */
export function acknowledgement(id: VolunteerId, heartbeatIntervalMs: number): OrchestratorMessage {
  return {
    type: "ack",
    volunteer_id: id,
    message: "Welcome. Jobs will come as they are submitted.",
    heartbeat_interval_ms: heartbeatIntervalMs,
  };
}
