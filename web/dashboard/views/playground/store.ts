import { effect, signal } from "@preact/signals";
import type { DeploymentDetail, JobDetail } from "../../../../src/client/index.ts";
import { readStored, writeStored } from "../../../shared/theme.ts";
import { client } from "../../data/session.ts";
import { type Draft, readDraft, withSource } from "./draft.ts";
import { blankEnvironment } from "./environment.ts";
import type { Example } from "./examples.ts";

const storageKey = "zerverless.playground";
const pauseMs = 300;

/** What stands in the playground; kept on this device, so that a reload loses nothing. */
export const draft = signal<Draft>(readDraft(readStored(storageKey)));

/** The name of the example that was picked last; empty once something else was loaded. */
export const pickedExample = signal("");

/** How often the form was filled from elsewhere: its editors then take over what came. */
export const fillings = signal(0);

let timer: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const text = textOf(draft.value);
  clearTimeout(timer);
  timer = setTimeout(() => writeStored(storageKey, text), pauseMs);
});
// Whoever leaves within the pause has typed for nothing otherwise.
addEventListener("pagehide", () => writeStored(storageKey, textOf(draft.peek())));

/** What is kept of a draft: everything but secrets. */
function textOf(kept: Draft): string {
  return JSON.stringify({ ...kept, env: undefined });
}

export function change(part: Partial<Draft>): void {
  draft.value = { ...draft.peek(), ...part };
}

/** Stores a module at the orchestrator, and puts it into the form. */
export async function takeModule(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const { cid } = await client.modules.upload(bytes);
  change({ module: { cid, name, bytes: bytes.length } });
}

/** Puts an example into the form. */
export async function takeExample({ name, mode, language, load }: Example): Promise<void> {
  const { code, module, input } = await load();
  const next = { ...draft.peek(), mode, language, ...(input !== undefined && { input }) };
  if (language === "wasm") {
    if (module) await takeModule(module.name, module.bytes);
    draft.value = { ...draft.peek(), mode, language, ...(input !== undefined && { input }) };
  } else {
    draft.value = withSource(next, language, code ?? "");
  }
  if (mode === "function") change({ path: "greet" });
  pickedExample.value = name;
  fillings.value++;
}

/** Puts a job that ran before into the form. */
export function takeJob(job: JobDetail): void {
  const { job_type: language, code, wasm_cid, input_data, namespace, timeout_seconds, memory_mb } = job;
  const next: Draft = {
    ...draft.peek(),
    mode: "job",
    language,
    input: input_data === null ? "" : JSON.stringify(input_data, null, 2),
    namespace,
    timeoutSeconds: `${timeout_seconds}`,
    memoryMb: `${memory_mb}`,
    ...(wasm_cid !== null && { module: { cid: wasm_cid, name: "the job's module", bytes: 0 } }),
  };
  draft.value = language === "wasm" ? next : withSource(next, language, code ?? "");
  pickedExample.value = "";
  fillings.value++;
}

/** Puts a deployed function into the form, to be deployed again with changes. Values of its variables are not known. */
export function takeFunction(deployment: DeploymentDetail): void {
  const { user, path, runtime: language, code, wasm_cid, timeout_seconds, memory_mb } = deployment;
  const next: Draft = {
    ...draft.peek(),
    mode: "function",
    language,
    namespace: user,
    path,
    timeoutSeconds: `${timeout_seconds}`,
    memoryMb: `${memory_mb}`,
    placement: deployment.placement,
    auth: deployment.auth,
    env: blankEnvironment(deployment.env_names),
    ...(wasm_cid !== null && { module: { cid: wasm_cid, name: "the function's module", bytes: 0 } }),
  };
  draft.value = language === "wasm" ? next : withSource(next, language, code ?? "");
  pickedExample.value = "";
  fillings.value++;
}
