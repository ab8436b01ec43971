import type { Access } from "../protocol/access.ts";
import type { NamespaceList } from "../protocol/namespaces.ts";
import type { Health, Info, Stats, WebhookSecret } from "../protocol/node.ts";
import type { Overview, OverviewTick } from "../protocol/overview.ts";
import type { VolunteerList } from "../protocol/volunteer-view.ts";
import { Database } from "./database.ts";
import { dataOf, events, type StreamOptions } from "./events.ts";
import { Files } from "./files.ts";
import { Functions } from "./functions.ts";
import { Jobs } from "./jobs.ts";
import { Modules } from "./modules.ts";
import { Tokens } from "./tokens.ts";
import { type CallOptions, type ClientOptions, Transport } from "./transport.ts";

export interface NamespaceQuery {
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface OverviewQuery {
  readonly minutes?: number | undefined;
}

export type OverviewEvent =
  | { readonly type: "overview"; readonly overview: Overview }
  | { readonly type: "tick"; readonly tick: OverviewTick };

/**
 * One orchestrator, reached over HTTP. Names of fields are those of the wire (docs/PROTOCOL.md). What is not granted throws
 * a `ZerverlessError`; an aborted signal throws its reason.
 */
export class Zerverless {
  readonly jobs: Jobs;
  readonly modules: Modules;
  readonly functions: Functions;
  readonly tokens: Tokens;
  readonly #transport: Transport;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.jobs = new Jobs(this.#transport);
    this.modules = new Modules(this.#transport);
    this.functions = new Functions(this.#transport);
    this.tokens = new Tokens(this.#transport);
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

  /** Who this client is, as the orchestrator sees it. */
  access(options: CallOptions = {}): Promise<Access> {
    return this.#transport.json("GET", "/api/access", options);
  }

  info(options: CallOptions = {}): Promise<Info> {
    return this.#transport.json("GET", "/info", options);
  }

  stats(options: CallOptions = {}): Promise<Stats> {
    return this.#transport.json("GET", "/stats", options);
  }

  /** A page of the namespaces in which there is something, by name; `cursor` is null at the end. */
  namespaces(
    { prefix, limit, cursor }: NamespaceQuery = {},
    options: CallOptions = {},
  ): Promise<NamespaceList> {
    return this.#transport.json("GET", "/api/namespaces", { ...options, query: { prefix, limit, cursor } });
  }

  /** Who is connected. */
  volunteers(options: CallOptions = {}): Promise<VolunteerList> {
    return this.#transport.json("GET", "/api/volunteers", options);
  }

  /** How it is doing, and how it went in the last minutes: 5 unless told otherwise, 10 at most. */
  overview(query: OverviewQuery = {}, options: CallOptions = {}): Promise<Overview> {
    return this.#transport.json("GET", "/api/overview", { ...options, query: { ...query } });
  }

  /** What `overview` answers, then a tick each second; a whole overview again whenever the stream was lost meanwhile. */
  async *watchOverview(
    query: OverviewQuery = {},
    options: StreamOptions = {},
  ): AsyncGenerator<OverviewEvent, void, undefined> {
    const subscription = { ...options, query: { ...query } };
    for await (const event of events(this.#transport, "/api/overview/events", subscription)) {
      if (event.name === "overview") yield { type: "overview", overview: dataOf<Overview>(event) };
      else if (event.name === "tick") yield { type: "tick", tick: dataOf<OverviewTick>(event) };
    }
  }

  /** What the webhooks of this namespace's jobs are signed with. */
  async webhookSecret(namespace: string, options: CallOptions = {}): Promise<string> {
    const path = `/api/webhooks/${encodeURIComponent(namespace)}`;
    return (await this.#transport.json<WebhookSecret>("GET", path, options)).secret;
  }
}
