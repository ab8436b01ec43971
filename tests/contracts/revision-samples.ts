import type { RevisionDraft, RevisionId } from "../../src/functions/revision.ts";
import { uuidv7 } from "../../src/stdx/ids.ts";

function newRevisionId(): RevisionId {
  return uuidv7(Date.now()) as RevisionId;
}

export function sampleDraft(changes: Partial<RevisionDraft> = {}): RevisionDraft {
  return {
    id: newRevisionId(),
    namespace: "alice",
    path: "hello",
    runtime: "js",
    code: "function handle(req) { return {}; }",
    wasmCid: undefined,
    env: {},
    timeoutMs: 10_000,
    memoryMb: 256,
    placement: "trusted",
    auth: "public",
    createdAt: 1_700_000_000_000,
    ...changes,
  };
}

/** As a service would; stores keep it as they are given it. */
export function digestOf(draft: RevisionDraft): string {
  return `digest of ${draft.id}`;
}
