import { type HostAnswer, type HostOp, hostCallBytesMax, hostOps } from "../../protocol/host-calls.ts";
import type { GuestIo } from "./guest.ts";

const shownLengthMax = 40;

function isHostOp(op: string): op is HostOp {
  return hostOps.some((known) => known === op);
}

/** Asks the orchestrator for a guest that may have made up what it asks for. @returns a `HostAnswer` as JSON text */
export function askHost(io: GuestIo, op: string, argsJson: string): string {
  if (isHostOp(op)) return io.ask(op, argsJson);
  const shown = JSON.stringify(op.slice(0, shownLengthMax));
  return refusal("invalid_request", `There is nothing called ${shown} to ask for.`);
}

/**
 * The answer to a question of so many bytes, if that is too many. Asked before the question is copied out of a guest's
 * memory, which may be larger than the kernel's.
 */
export function sizeRefusal(bytes: number): string | undefined {
  if (bytes <= hostCallBytesMax) return undefined;
  return refusal("payload_too_large", `The arguments have ${bytes} bytes; ${hostCallBytesMax} are allowed.`);
}

function refusal(code: string, error: string): string {
  return JSON.stringify({ ok: false, code, error } satisfies HostAnswer);
}
