import type { Health, Info, Stats, WebhookSecret } from "../protocol/node.ts";
import type { VolunteerList } from "../protocol/volunteer-view.ts";
import { Database } from "./database.ts";
import { Files } from "./files.ts";
import { Functions } from "./functions.ts";
import { Jobs } from "./jobs.ts";
import { Modules } from "./modules.ts";
import { type CallOptions, type ClientOptions, Transport } from "./transport.ts";

/**
 * One orchestrator, reached over HTTP. Names of fields are those of the wire (docs/PROTOCOL.md). What is not granted throws
 * a `ZerverlessError`; an aborted signal throws its reason.
 */
export class Zerverless {
  readonly jobs: Jobs;
  readonly modules: Modules;
  readonly functions: Functions;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.jobs = new Jobs(this.#transport);
    this.modules = new Modules(this.#transport);
    this.functions = new Functions(this.#transport);
  }

  get url(): URL {
    return new URL(this.#transport.url);
  }

  /** A namespace's database. */
  kv(namespace: string): Database {
    return new Database(this.#transport, namespace);
  }

  /** A namespace's files. */
  files(namespace: string): Files {
    return new Files(this.#transport, namespace);
  }

  health(options: CallOptions = {}): Promise<Health> {
    return this.#transport.json("GET", "/health", options);
  }

  info(options: CallOptions = {}): Promise<Info> {
    return this.#transport.json("GET", "/info", options);
  }

  stats(options: CallOptions = {}): Promise<Stats> {
    return this.#transport.json("GET", "/stats", options);
  }

  /** Who is connected. */
  volunteers(options: CallOptions = {}): Promise<VolunteerList> {
    return this.#transport.json("GET", "/api/volunteers", options);
  }

  /** What the webhooks of this namespace's jobs are signed with. */
  async webhookSecret(namespace: string, options: CallOptions = {}): Promise<string> {
    const path = `/api/webhooks/${encodeURIComponent(namespace)}`;
    return (await this.#transport.json<WebhookSecret>("GET", path, options)).secret;
  }
}
