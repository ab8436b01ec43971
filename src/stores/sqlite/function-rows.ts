import type { SQLOutputValue } from "node:sqlite";
import type { Revision, RevisionHead, RevisionId } from "../../functions/revision.ts";
import { type FunctionAuth, functionAuths } from "../../protocol/functions.ts";
import { type Language, languages } from "../../protocol/languages.ts";
import type { Cid } from "../../stdx/ids.ts";
import { number, placementOf, type Row, text, textOrNone } from "./row.ts";

/** The columns that make a head, of `functions` and `function_revisions`. */
export const headColumns = `namespace, path, number, function_revisions.id AS id, runtime, wasm_cid, digest, timeout_ms,
  memory_mb, placement, auth, created_at, env_names`;

export function headOf(row: Row): RevisionHead {
  return { ...commonOf(row), envNames: namesOf(row.env_names), digest: text(row.digest) };
}

export function revisionOf(row: Row): Revision {
  return { ...commonOf(row), code: textOrNone(row.code), env: envOf(row.env) };
}

function commonOf(row: Row): Omit<Revision, "code" | "env"> {
  const wasmCid = textOrNone(row.wasm_cid);
  return {
    // Only what the store was given as a RevisionId, or as a Cid, is in these columns.
    id: text(row.id) as RevisionId,
    wasmCid: wasmCid === undefined ? undefined : (wasmCid as Cid),
    namespace: text(row.namespace),
    path: text(row.path),
    number: number(row.number),
    runtime: runtimeOf(row.runtime),
    timeoutMs: number(row.timeout_ms),
    memoryMb: number(row.memory_mb),
    placement: placementOf(row.placement),
    auth: authOf(row.auth),
    createdAt: number(row.created_at),
  };
}

function runtimeOf(value: SQLOutputValue | undefined): Language {
  const language = languages.find((known) => known === value);
  if (language === undefined)
    throw new Error(`function_revisions.runtime holds ${value}, which is no language.`);
  return language;
}

function authOf(value: SQLOutputValue | undefined): FunctionAuth {
  const auth = functionAuths.find((known) => known === value);
  if (auth === undefined) throw new Error(`function_revisions.auth holds ${value}, which is none.`);
  return auth;
}

function namesOf(value: SQLOutputValue | undefined): readonly string[] {
  const names: unknown = JSON.parse(text(value));
  if (!Array.isArray(names)) throw new Error("function_revisions.env_names holds no array.");
  return names.map(String);
}

function envOf(value: SQLOutputValue | undefined): Readonly<Record<string, string>> {
  const env: unknown = JSON.parse(text(value));
  if (typeof env !== "object" || env === null) throw new Error("function_revisions.env holds no object.");
  return Object.fromEntries(Object.entries(env).map(([name, entry]) => [name, String(entry)]));
}
