import type { Revision } from "../functions/revision.ts";
import type { FunctionMessage, InvokeMessage } from "../protocol/volunteer.ts";
import type { Call } from "./call.ts";

/** What tells a volunteer a function's code. */
export function functionMessageOf(revision: Revision): FunctionMessage {
  const { id, namespace, runtime, env, memoryMb, wasmCid, code } = revision;
  const common = { type: "function", function_id: id, namespace, runtime, env, memory_mb: memoryMb } as const;
  if (wasmCid !== undefined) return { ...common, wasm_cid: wasmCid, wasm_url: `/ipfs/${wasmCid}` };
  return { ...common, code: code ?? "" };
}

/** What hands a call to a volunteer, which has its function's code. */
export function invokeMessageOf({ id, lease, invocation }: Call, slot: number): InvokeMessage {
  const { revision, requestJson } = invocation;
  return {
    type: "invoke",
    job_id: id,
    lease,
    slot,
    function_id: revision.id,
    request_json: requestJson,
    timeout_seconds: revision.timeoutMs / 1000,
  };
}
