import { isHttpError } from "../protocol/errors.ts";
import type { HostAnswer } from "../protocol/host-calls.ts";
import { parseBoundedJson } from "../stdx/bounded-json.ts";
import type { Log } from "../stdx/log.ts";
import type { KvService } from "./kv-service.ts";

const databasePrefix = "db.";

/** Answers what guests ask while they run; each works on its own namespace, and on nothing else. */
export class HostCallAnswerer {
  readonly #kv: KvService;
  readonly #log: Log;

  constructor(kv: KvService, log: Log) {
    this.#kv = kv;
    this.#log = log;
  }

  /** Never rejects. @returns a `HostAnswer` as JSON text */
  async answer(namespace: string, op: string, argsJson: string): Promise<string> {
    return JSON.stringify(await this.#answer(namespace, op, argsJson));
  }

  async #answer(namespace: string, op: string, argsJson: string): Promise<HostAnswer> {
    if (!op.startsWith(databasePrefix)) {
      return {
        ok: false,
        code: "invalid_request",
        error: `There is nothing called ${JSON.stringify(op)} to ask for.`,
      };
    }
    let args: unknown;
    try {
      args = parseBoundedJson(argsJson);
    } catch {
      return { ok: false, code: "invalid_request", error: "The arguments are not JSON, or nest too deeply." };
    }
    try {
      return { ok: true, value: await this.#kv.call(namespace, op.slice(databasePrefix.length), args) };
    } catch (error) {
      if (isHttpError(error)) return { ok: false, code: error.code, error: error.message };
      this.#log.error({ err: error, namespace, op }, "a guest's question could not be answered");
      return { ok: false, code: "internal", error: "The orchestrator could not answer; its log says why." };
    }
  }
}
