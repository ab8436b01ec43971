import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { DeploymentView, LogLineView } from "../../src/protocol/functions.ts";
import { type Deployable, deploymentBody } from "./dialects.ts";
import { type SpawnedOrchestrator, spawnOrchestrator } from "./spawn.ts";
import { testCacheDir, volunteersConnected } from "./worker.ts";

export interface RealFunctions extends SpawnedOrchestrator {
  /** Deploys and insists that it is taken. */
  deploy(
    path: string,
    deployable: Deployable,
    more?: Readonly<Record<string, unknown>>,
  ): Promise<DeploymentView>;
  /** Calls a function and insists on a 200 with JSON. */
  json(path: string, method?: string): Promise<unknown>;
  logs(path: string): Promise<LogLineView[]>;
}

/** A process of its own with workers inside, which run functions in sealed cells. */
export async function spawnFunctions(
  t: TestContext,
  workers: number,
  args: readonly string[] = [],
): Promise<RealFunctions> {
  const orchestrator = await spawnOrchestrator(t, {
    args: ["--workers", `${workers}`, ...args],
    env: { CACHE_DIR: testCacheDir, LOG_LEVEL: "error" },
  });
  const { api } = orchestrator;
  await volunteersConnected(api, workers);
  return {
    ...orchestrator,
    async deploy(path, deployable, more = {}) {
      const body = { ...(await deploymentBody(api, deployable)), ...more };
      const answer = await api.post(`/api/deploy${path}`, body);
      assert.equal(answer.status, 201, answer.text);
      return answer.json() as DeploymentView;
    },
    async json(path, method = "GET") {
      const answer = await api.send(method, path);
      assert.equal(answer.status, 200, answer.text);
      return answer.json();
    },
    async logs(path) {
      const answer = await api.get(`/api/logs${path}`);
      assert.equal(answer.status, 200, answer.text);
      return (answer.json() as { lines: LogLineView[] }).lines;
    },
  };
}
