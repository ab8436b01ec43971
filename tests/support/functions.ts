import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { DeploymentView } from "../../src/protocol/functions.ts";
import type { Answer } from "./api.ts";
import { FakeFunctions } from "./fake-functions.ts";
import { type BootedOrchestrator, type BootOptions, bootOrchestrator } from "./orchestrator.ts";

export interface FunctionDesk extends BootedOrchestrator {
  readonly functions: FakeFunctions;
  /** Deploys JavaScript and insists that it is taken. */
  deploy(path: string, code: string, more?: Readonly<Record<string, unknown>>): Promise<DeploymentView>;
}

/** An orchestrator whose functions run in this process. */
export async function bootFunctions(t: TestContext, options: BootOptions = {}): Promise<FunctionDesk> {
  const functions = new FakeFunctions();
  const orchestrator = await bootOrchestrator(t, { ...options, functionRunner: functions });
  return {
    ...orchestrator,
    functions,
    async deploy(path, code, more = {}) {
      const answer = await orchestrator.api.post(`/api/deploy${path}`, { runtime: "js", code, ...more });
      assert.equal(answer.status, 201, answer.text);
      return answer.json() as DeploymentView;
    },
  };
}

/** Insists on an error in the words of the registry. */
export function assertProblem(answer: Answer, status: number, code: string, sentence: RegExp = /./): void {
  assert.equal(answer.status, status, answer.text);
  const body = answer.json();
  assert.partialDeepStrictEqual(body, { code });
  assert.ok(typeof body === "object" && body !== null && "error" in body);
  assert.match(String(body.error), sentence);
  assert.match(String(answer.headers["content-type"]), /^application\/json/);
  assert.equal(answer.headers["x-content-type-options"], "nosniff");
  assert.ok(!/node_modules|\.ts:/.test(answer.text), "no stack");
}
