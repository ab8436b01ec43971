import type { DeployRequest, JobSubmission, Json } from "../../../../src/client/index.ts";
import { limits } from "../../../../src/protocol/limits.ts";
import { isNamespace } from "../../../../src/protocol/namespace-names.ts";
import { type Draft, firstDraft } from "./draft.ts";
import { readEnvironment } from "./environment.ts";

export type FormField = "code" | "input" | "namespace" | "timeoutSeconds" | "memoryMb" | "path" | "env";
/** What is wrong, as a sentence for each field. */
export type Faults = Readonly<Partial<Record<FormField, string>>>;

export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: Faults };

/** The job that the form asks for, or what keeps it from being one. */
export function readJob(draft: Draft): Reading<JobSubmission> {
  const faults: Partial<Record<FormField, string>> = {};
  const input = readInput(draft.input, faults);
  const options = { ...readOptions(draft, limits.timeoutSecondsMax, faults), input_data: input };
  const { language, module } = draft;
  const code = readCode(draft, faults);
  if (Object.keys(faults).length > 0) return { ok: false, faults };
  if (language !== "wasm") return { ok: true, value: { job_type: language, code, ...options } };
  return { ok: true, value: { job_type: "wasm", wasm_cid: module?.cid ?? "", ...options } };
}

export interface Deployment {
  readonly namespace: string;
  readonly path: string;
  readonly request: DeployRequest;
}

/** The function that the form asks for, or what keeps it from being one. */
export function readFunction(draft: Draft): Reading<Deployment> {
  const faults: Partial<Record<FormField, string>> = {};
  const path = draft.path.trim().replace(/^\/+|\/+$/g, "");
  if (path === "") faults.path = "A function needs a path, such as hello or api/users.";
  // How long a function may take at the most, the orchestrator says itself.
  const { namespace, ...options } = readOptions(draft, Number.POSITIVE_INFINITY, faults);
  const code = readCode(draft, faults);
  const environment = readEnvironment(draft.env);
  if (!environment.ok) faults.env = environment.fault;
  if (!environment.ok || Object.keys(faults).length > 0) return { ok: false, faults };
  const { language, module } = draft;
  const { env } = environment;
  const common = {
    ...options,
    ...(draft.placement !== firstDraft.placement && { placement: draft.placement }),
    ...(draft.auth !== firstDraft.auth && { auth: draft.auth }),
    ...(Object.keys(env).length > 0 && { env }),
  };
  const request: DeployRequest =
    language === "wasm"
      ? { runtime: "wasm", wasm_cid: module?.cid ?? "", ...common }
      : { runtime: language, code, ...common };
  return { ok: true, value: { namespace, path, request } };
}

function readCode(
  { mode, language, sources, module }: Draft,
  faults: Partial<Record<FormField, string>>,
): string {
  if (language === "wasm") {
    if (!module) faults.code = "Upload a module first, or pick an example.";
    return "";
  }
  const code = sources[mode][language];
  if (code.trim() === "") faults.code = "There is no code yet.";
  return code;
}

/** Nothing at all stands for null. */
function readInput(text: string, faults: Partial<Record<FormField, string>>): Json {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    faults.input = `The input must be JSON: ${error instanceof Error ? error.message : "it can't be read"}.`;
    return null;
  }
}

interface Options {
  readonly namespace: string;
  readonly timeout_seconds?: number;
  readonly memory_mb?: number;
}

/** Empty fields are left to the orchestrator's defaults. */
function readOptions(
  draft: Draft,
  timeoutSecondsMax: number,
  faults: Partial<Record<FormField, string>>,
): Options {
  const namespace = draft.namespace.trim();
  if (!isNamespace(namespace)) {
    faults.namespace = "A namespace has up to 63 of a-z, 0-9, _ and -, and is not a reserved word.";
  }
  const timeout = readNumber(draft.timeoutSeconds);
  if (timeout !== undefined && !(timeout > 0 && timeout <= timeoutSecondsMax)) {
    faults.timeoutSeconds = `More than none, and up to ${limits.timeoutSecondsMax} seconds.`;
  }
  const memory = readNumber(draft.memoryMb);
  const { memoryMbMin, memoryMbMax } = limits;
  if (memory !== undefined && !(Number.isInteger(memory) && memory >= memoryMbMin && memory <= memoryMbMax)) {
    faults.memoryMb = `A whole number from ${memoryMbMin} to ${memoryMbMax}.`;
  }
  return {
    namespace,
    ...(timeout !== undefined && { timeout_seconds: timeout }),
    ...(memory !== undefined && { memory_mb: memory }),
  };
}

/** Undefined for an empty field, NaN for what is no number. */
function readNumber(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
