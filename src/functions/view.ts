import type { DeploymentView, LogLineView, RevisionDetail, RevisionView } from "../protocol/functions.ts";
import type { WholeRevision } from "./deployments.ts";
import { type LogLine, textOf } from "./log-line.ts";
import type { RevisionHead } from "./revision.ts";

/** @param url where the function answers */
export function deploymentView(head: RevisionHead, url: string): DeploymentView {
  return {
    user: head.namespace,
    path: head.path,
    runtime: head.runtime,
    revision: head.number,
    url,
    created_at: new Date(head.createdAt).toISOString(),
    timeout_seconds: head.timeoutMs / 1000,
    memory_mb: head.memoryMb,
    placement: head.placement,
    auth: head.auth,
    env_names: [...head.envNames],
  };
}

export function revisionView({ number, runtime, createdAt, digest }: RevisionHead): RevisionView {
  return { revision: number, runtime, created_at: new Date(createdAt).toISOString(), digest };
}

export function revisionDetail({ head, code, current }: WholeRevision): RevisionDetail {
  return {
    ...revisionView(head),
    current,
    code: code ?? null,
    wasm_cid: head.wasmCid ?? null,
    timeout_seconds: head.timeoutMs / 1000,
    memory_mb: head.memoryMb,
    placement: head.placement,
    auth: head.auth,
    env_names: [...head.envNames],
  };
}

export function logLineView(line: LogLine): LogLineView {
  const { at, level, revision } = line;
  const common = { at: new Date(at).toISOString(), level, text: textOf(line), revision };
  return line.level === "call"
    ? { ...common, stream: null, call: line.call }
    : { ...common, stream: line.stream };
}
