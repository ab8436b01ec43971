import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HostCallAnswerer } from "../../src/namespaces/host-calls.ts";
import { KvService } from "../../src/namespaces/kv-service.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { SqliteKvStore } from "../../src/stores/sqlite/kv-store.ts";

/** Databases as an orchestrator has them, for guests whose cells have no orchestrator. */
export class NamespaceDatabase implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly #directory: string;
  readonly #store: SqliteKvStore;
  readonly #answerer: HostCallAnswerer;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#store = new SqliteKvStore({ directory, clock: this.clock, log: noLog });
    this.#answerer = new HostCallAnswerer(new KvService({ store: this.#store, clock: this.clock }), noLog);
  }

  static async open(): Promise<NamespaceDatabase> {
    return new NamespaceDatabase(await mkdtemp(join(tmpdir(), "zerverless-guests-")));
  }

  /** Answers the guests of a namespace. */
  askedFor(namespace: string): (op: string, argsJson: string) => Promise<string> {
    return (op, argsJson) => this.#answerer.answer(namespace, op, argsJson);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
    await rm(this.#directory, { recursive: true });
  }
}
