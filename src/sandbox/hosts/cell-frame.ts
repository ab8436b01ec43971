import { isJobErrorCode, type JobErrorCode } from "../../protocol/errors.ts";
import { limits } from "../../protocol/limits.ts";
import { clipUtf8 } from "../../stdx/utf8.ts";
import type { CellFrame } from "../kernel/wire.ts";

const opCharsMax = 64;
/** No task takes so long, and what is made of it is still a number that JSON has. */
const wallMsMax = Number.MAX_SAFE_INTEGER / 1000;

/**
 * Reads a frame's header as what a cell may send. A cell may be wholly in its tenant's hands, so nothing is believed
 * before it was looked at. Undefined: no frame of the protocol.
 */
export function readCellFrame(header: unknown): CellFrame | undefined {
  if (typeof header !== "object" || header === null || !("t" in header)) return undefined;
  const fields = header as Readonly<Record<string, unknown>>;
  const { t, id, epoch, wallMs } = fields;
  if (t === "ready" || t === "spent" || t === "snapshot") return { t };
  if (!isCount(id)) return undefined;
  if (t === "output") {
    const { stream, text } = fields;
    if ((stream !== "stdout" && stream !== "stderr") || typeof text !== "string") return undefined;
    return { t, id, stream, text };
  }
  if (t === "ask") {
    const { op } = fields;
    return typeof op === "string" && op.length <= opCharsMax ? { t, id, op } : undefined;
  }
  if (!isCount(epoch) || typeof wallMs !== "number" || !(wallMs >= 0 && wallMs <= wallMsMax))
    return undefined;
  if (t === "done") return { t, id, epoch, wallMs };
  const { code, message } = fields;
  if (t !== "fail" || typeof code !== "string" || typeof message !== "string") return undefined;
  const known: JobErrorCode = isJobErrorCode(code) ? code : "guest_error";
  return { t, id, epoch, wallMs, code: known, message: clipUtf8(message, limits.errorMessageBytesMax) };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
