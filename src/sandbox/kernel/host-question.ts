import { type HostAnswer, type HostOp, hostOps } from "../../protocol/host-calls.ts";
import type { GuestIo } from "./guest.ts";

const shownLengthMax = 40;

function isHostOp(op: string): op is HostOp {
  return hostOps.some((known) => known === op);
}

/** Asks the orchestrator for a guest that may have made up what it asks for. @returns a `HostAnswer` as JSON text */
export function askHost(io: GuestIo, op: string, argsJson: string): string {
  if (isHostOp(op)) return io.ask(op, argsJson);
  const error = `There is nothing called ${JSON.stringify(op.slice(0, shownLengthMax))} to ask for.`;
  return JSON.stringify({ ok: false, code: "invalid_request", error } satisfies HostAnswer);
}
