import type { CallStatsView } from "../protocol/call-stats.ts";
import type {
  DeploymentDetail,
  DeploymentList,
  DeploymentView,
  DeployRequest,
  LogLineView,
  LogQuery,
  RevisionDetail,
} from "../protocol/functions.ts";
import { dataOf, events, type StreamOptions } from "./events.ts";
import {
  type Asked,
  type CallOptions,
  encodePath,
  type QueryValues,
  type RequestBody,
  type Transport,
} from "./transport.ts";

export type LogFilter = Asked<Omit<LogQuery, "follow">>;

/** What a function's log tells as it goes. */
export type FunctionLogEvent =
  | { readonly type: "line"; readonly line: LogLineView }
  /** So many lines were let go, because they were not read in time. */
  | { readonly type: "lagged"; readonly missed: number };

export interface FunctionCall extends CallOptions {
  /** `GET` unless told otherwise. */
  readonly method?: string | undefined;
  readonly query?: QueryValues | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestBody | undefined;
}

/** Functions: code at a path, answered at once. */
export class Functions {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Deploys a new revision, which answers every call from then on. */
  deploy(
    namespace: string,
    path: string,
    request: DeployRequest,
    options: CallOptions = {},
  ): Promise<DeploymentView> {
    // A second time would make a second revision.
    return this.#transport.json("POST", deployPath(namespace, path), { ...options, json: request });
  }

  list(
    query: { namespace?: string | undefined; limit?: number | undefined; offset?: number | undefined } = {},
    options: CallOptions = {},
  ): Promise<DeploymentList> {
    return this.#transport.json("GET", "/api/deploy", { ...options, query });
  }

  get(namespace: string, path: string, options: CallOptions = {}): Promise<DeploymentDetail> {
    return this.#transport.json("GET", deployPath(namespace, path), options);
  }

  /** One revision with its code. */
  revision(
    namespace: string,
    path: string,
    revision: number,
    options: CallOptions = {},
  ): Promise<RevisionDetail> {
    return this.#transport.json("GET", deployPath(namespace, path), { ...options, query: { revision } });
  }

  /** How its calls went, over the last hour and the last day. */
  stats(namespace: string, path: string, options: CallOptions = {}): Promise<CallStatsView> {
    const statsPath = `/api/calls/${encodeURIComponent(namespace)}/${encodePath(path)}`;
    return this.#transport.json("GET", statsPath, options);
  }

  /** Makes an earlier revision answer again. */
  rollback(
    namespace: string,
    path: string,
    revision: number,
    options: CallOptions = {},
  ): Promise<DeploymentView> {
    return this.#transport.json("PUT", deployPath(namespace, path), { ...options, json: { revision } });
  }

  async delete(namespace: string, path: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.send("DELETE", deployPath(namespace, path), options);
  }

  /** What it printed and how its calls went, the oldest first. */
  async logs(
    namespace: string,
    path: string,
    filter: LogFilter = {},
    options: CallOptions = {},
  ): Promise<LogLineView[]> {
    const sending = { ...options, query: queryOf(filter) };
    const answer = await this.#transport.json<{ lines: LogLineView[] }>(
      "GET",
      logPath(namespace, path),
      sending,
    );
    return answer.lines;
  }

  /** What `logs` answers, then every line as it comes. */
  async *followLogs(
    namespace: string,
    path: string,
    filter: LogFilter = {},
    options: StreamOptions = {},
  ): AsyncGenerator<FunctionLogEvent, void, undefined> {
    const query = { ...queryOf(filter), follow: "1" };
    for await (const event of events(this.#transport, logPath(namespace, path), { ...options, query })) {
      if (event.name === "log") yield { type: "line", line: dataOf<LogLineView>(event) };
      else if (event.name === "lagged") yield { type: "lagged", ...dataOf<{ missed: number }>(event) };
    }
  }

  /** Where a function answers. @param path may go on behind the path that it is deployed at */
  urlOf(namespace: string, path: string, query: QueryValues = {}): URL {
    return this.#transport.urlOf(`/${namespace}/${encodePath(path)}`, query);
  }

  /** Calls a function. What it answers is its own, whatever the status: only an answer that never came throws. */
  call(namespace: string, path: string, call: FunctionCall = {}): Promise<Response> {
    const { method = "GET", ...sending } = call;
    return this.#transport.once(method, `/${namespace}/${encodePath(path)}`, sending);
  }
}

function queryOf({ limit, since, level, q }: LogFilter): QueryValues {
  return { limit, since, level, q };
}

function deployPath(namespace: string, path: string): string {
  return `/api/deploy/${encodeURIComponent(namespace)}/${encodePath(path)}`;
}

function logPath(namespace: string, path: string): string {
  return `/api/logs/${encodeURIComponent(namespace)}/${encodePath(path)}`;
}
