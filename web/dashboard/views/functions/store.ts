import type { DeploymentDetail } from "../../../../src/protocol/functions.ts";
import { client } from "../../data/session.ts";

/** A revision's code; for a module what stands for it, since its bytes are no text to compare. */
export async function codeOfRevision(
  { user, path }: DeploymentDetail,
  revision: number,
  signal: AbortSignal,
): Promise<string> {
  const { code, wasm_cid } = await client.functions.revision(user, path, revision, { signal });
  return code ?? `WebAssembly module ${wasm_cid ?? ""}`;
}
