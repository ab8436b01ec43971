import type { TestContext } from "node:test";
import { Zerverless } from "../../src/client/index.ts";
import { FakeFunctions } from "./fake-functions.ts";
import { type BootedOrchestrator, type BootOptions, bootOrchestrator } from "./orchestrator.ts";

export interface ClientDesk extends BootedOrchestrator {
  readonly client: Zerverless;
  readonly functions: FakeFunctions;
}

/** An orchestrator whose functions run in this process, and the SDK on it. */
export async function bootClient(t: TestContext, options: BootOptions = {}): Promise<ClientDesk> {
  const functions = new FakeFunctions();
  const orchestrator = await bootOrchestrator(t, { functionRunner: functions, ...options });
  return { ...orchestrator, functions, client: new Zerverless({ url: orchestrator.url }) };
}
