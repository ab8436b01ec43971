import { createServer, type RequestListener, type Server } from "node:http";
import type { BlockList } from "node:net";
import fastify, { type HTTPMethods } from "fastify";
import type { AuditTrail } from "../access/audit.ts";
import type { AddressOf } from "../access/client-address.ts";
import type { ContentHost } from "../access/content-host.ts";
import type { Gate } from "../access/gate.ts";
import type { OriginPolicy } from "../access/origin.ts";
import type { Quotas } from "../access/quotas.ts";
import type { RequestRates } from "../access/request-rates.ts";
import type { BlockStore } from "../blocks/store.ts";
import type { FunctionCalls } from "../functions/calls.ts";
import type { Deployments } from "../functions/deployments.ts";
import type { FunctionLogs } from "../functions/logs.ts";
import type { JobEvents } from "../jobs/events.ts";
import type { JobService } from "../jobs/service.ts";
import type { Webhooks } from "../jobs/webhooks.ts";
import type { CallStats } from "../meters/call-stats.ts";
import type { Exposition, HttpMeter } from "../meters/http-meter.ts";
import type { LiveOverview } from "../meters/overview.ts";
import type { Tracer } from "../meters/tracer.ts";
import type { NamespaceDirectory } from "../namespaces/directory.ts";
import type { FileService } from "../namespaces/file-service.ts";
import type { KvService } from "../namespaces/kv-service.ts";
import { refuse } from "../protocol/errors.ts";
import { limits } from "../protocol/limits.ts";
import { isNamespace } from "../protocol/namespace-names.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { VolunteerRegistry } from "../volunteers/registry.ts";
import { guard } from "./access/guard.ts";
import { noteChanges } from "./access/note-changes.ts";
import { access, type DeclaredRoute, insistOnAccess } from "./access/route-access.ts";
import { observeAnswers } from "./answers.ts";
import { boundBodies } from "./body-budget.ts";
import { boundBodyTime } from "./body-deadline.ts";
import type { EventStreams } from "./event-streams.ts";
import { FairTurns } from "./fair-turns.ts";
import { isProxyOf, restoreHost } from "./forwarded-host.ts";
import { takeJson } from "./json-body.ts";
import { noSuchPath } from "./no-such-path.ts";
import { answerClientError, answerError } from "./problems.ts";
import type { PythonAssets } from "./python-assets.ts";
import { RequestIds } from "./request-id.ts";
import { traceRequests } from "./request-spans.ts";
import { auditRoutes } from "./routes/audit.ts";
import { blockRoutes } from "./routes/blocks.ts";
import { callRoutes } from "./routes/calls.ts";
import { databaseRoutes } from "./routes/database.ts";
import { deployRoutes } from "./routes/deploy.ts";
import { eventRoutes } from "./routes/events.ts";
import { type DiskHealth, healthRoutes, type NodeFacts } from "./routes/health.ts";
import { FunctionDoor } from "./routes/invoke.ts";
import { jobRoutes, rerunRoutes } from "./routes/jobs.ts";
import { limitRoutes } from "./routes/limits.ts";
import { logRoutes } from "./routes/logs.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { namespaceRoutes } from "./routes/namespaces.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { pageRoutes } from "./routes/pages.ts";
import { pythonAssetRoutes } from "./routes/python-assets.ts";
import { staticRoutes } from "./routes/static.ts";
import { storageRoutes } from "./routes/storage.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { volunteerRoutes } from "./routes/volunteers.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { type HttpApp, validateWithZod } from "./zod-provider.ts";

export interface FunctionParts {
  readonly deployments: Deployments;
  readonly calls: FunctionCalls;
  readonly logs: FunctionLogs;
  readonly stats: CallStats;
}

export interface HttpParts {
  readonly jobs: JobService;
  readonly events: JobEvents;
  readonly webhooks: Pick<Webhooks, "secretOf">;
  readonly volunteers: VolunteerRegistry;
  readonly overview: LiveOverview;
  readonly blocks: BlockStore;
  readonly kv: KvService;
  readonly files: FileService;
  readonly directory: NamespaceDirectory;
  readonly functions: FunctionParts;
  readonly pythonAssets: PythonAssets;
  readonly streams: EventStreams;
  readonly gate: Gate;
  readonly rates: RequestRates;
  /** Proxies whose word on a request's host and scheme is taken. */
  readonly proxies: BlockList | undefined;
  readonly audit: AuditTrail;
  readonly quotas: Quotas;
  readonly content: ContentHost;
  readonly origins: OriginPolicy;
  readonly addressOf: AddressOf;
  /** Volunteers without a token are let in. */
  readonly anonymousVolunteers: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly node: NodeFacts;
  readonly disk: DiskHealth;
  readonly httpMeter: HttpMeter;
  readonly exposition: Exposition;
  /** Undefined: nothing is traced. */
  readonly tracer: Tracer | undefined;
  /** Aborted when the orchestrator is told to stop: there is no new work from then on. */
  readonly draining: AbortSignal;
  /** Aborted when what ran has ended: whoever waits for something gets what there is. */
  readonly stopping: AbortSignal;
}

const headerTimeoutMs = 20_000;
/** How often connections are looked at for heads that are late. */
const headerCheckMs = 5000;
const keepAliveTimeoutMs = 72_000;
const headerBytesMax = 16 * 1024;
const pathPartLengthMax = 512;

const methods: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The HTTP API, and what it consists of. */
export interface BuiltHttp {
  readonly app: HttpApp;
  /** Without those that only say which methods a path takes. */
  readonly routes: readonly DeclaredRoute[];
}

/** Builds the HTTP API, not yet listening. */
export function buildHttp(parts: HttpParts): BuiltHttp {
  const requestIds = new RequestIds();
  const door = new FunctionDoor({ ...parts, requestIds, calls: parts.functions.calls });
  const app: HttpApp = fastify({
    logger: false,
    genReqId: (request) => requestIds.of(request),
    bodyLimit: limits.bodyBytesMax,
    serverFactory: (listener) =>
      newServer(door, listener, {
        turns: new FairTurns(parts.clock),
        addressOf: parts.addressOf,
        proxies: parts.proxies,
      }),
    ...(parts.proxies && { trustProxy: isProxyOf(parts.proxies) }),
    forceCloseConnections: "idle",
    // While it stops the routes answer for themselves, in the words of the registry.
    return503OnClosing: false,
    routerOptions: { maxParamLength: pathPartLengthMax },
    frameworkErrors: answerError(parts.log),
    clientErrorHandler: answerClientError,
  });
  validateWithZod(app);
  app.decorateRequest("routeConfig");
  app.setErrorHandler(answerError(parts.log));
  app.setNotFoundHandler((request) => {
    throw noSuchPath(request.url);
  });
  guard(app, parts);
  noteChanges(app, parts);
  observeAnswers(app, parts);
  traceRequests(app, parts.tracer, parts.clock);
  const declared = insistOnAccess(app);
  boundBodyTime(app, parts.clock);
  boundBodies(app, parts.addressOf);
  takeJson(app);
  keepOutOfNamespaces(app);
  const closeOtherMethods = recordMethods(app);
  const { streams } = parts;
  healthRoutes(app, parts);
  metricsRoutes(app, parts);
  jobRoutes(app, parts);
  rerunRoutes(app, parts);
  eventRoutes(app, { ...parts, streams });
  webhookRoutes(app, parts);
  volunteerRoutes(app, parts);
  overviewRoutes(app, { ...parts, streams });
  blockRoutes(app, parts);
  namespaceRoutes(app, parts);
  databaseRoutes(app, parts);
  storageRoutes(app, parts);
  staticRoutes(app, parts);
  tokenRoutes(app, parts);
  auditRoutes(app, parts);
  limitRoutes(app, parts);
  pageRoutes(app);
  pythonAssetRoutes(app, parts);
  deployRoutes(app, { ...parts, ...parts.functions });
  callRoutes(app, parts.functions);
  logRoutes(app, { ...parts, ...parts.functions, streams });
  const routes: DeclaredRoute[] = [];
  openApiRoutes(app, { ...parts, routes });
  // Plugins load in order, so this one comes after every route.
  void app.register(async () => {
    routes.push(...declared);
    closeOtherMethods();
  });
  return { app, routes };
}

interface ServerParts {
  readonly turns: FairTurns;
  readonly addressOf: AddressOf;
  readonly proxies: BlockList | undefined;
}

/** A server that shares requests out between functions and the API. */
function newServer(
  door: FunctionDoor,
  api: RequestListener,
  { turns, addressOf, proxies }: ServerParts,
): Server {
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: headerTimeoutMs,
      connectionsCheckingInterval: headerCheckMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // An offer of another protocol may be left alone (RFC 9110, section 7.8): curl makes one with every --http2.
      shouldUpgradeCallback: (request) => {
        if (proxies) restoreHost(request, proxies);
        return request.headers.upgrade?.toLowerCase() === "websocket" && !door.takes(request);
      },
    },
    (request, response) => {
      if (proxies) restoreHost(request, proxies);
      turns.take(addressOf(request), (nowMs) => {
        if (door.takes(request)) void door.serve(request, response, nowMs);
        else api(request, response);
      });
    },
  );
  // See `boundBodyTime`.
  server.requestTimeout = 0;
  return server;
}

/** Functions have every path that begins with what may be a namespace: a route there would never be reached. */
function keepOutOfNamespaces(app: HttpApp): void {
  app.addHook("onRoute", ({ url }) => {
    const [, first = "", ...rest] = url.split("/");
    if (rest.length > 0 && isNamespace(first)) throw new Error(`The route ${url} belongs to a namespace.`);
  });
}

/** Notes which methods each path takes; the function returned makes the others answer 405. */
function recordMethods(app: HttpApp): () => void {
  const taken = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const known = taken.get(url) ?? new Set();
    for (const name of [method].flat()) known.add(name);
    taken.set(url, known);
  });
  return () => {
    for (const [url, known] of [...taken]) {
      const allow = [...known].join(", ");
      const others = methods.filter((name) => !known.has(name));
      app.route({
        url,
        method: others,
        exposeHeadRoute: false,
        // It tells of the path, which docs and /openapi.json tell too, and of nothing else.
        config: { access: access.public },
        onRequest: (request, reply, done) => {
          reply.header("allow", allow);
          done(refuse("method_not_allowed", `This path takes ${allow}, not ${request.method}.`));
        },
        handler: () => undefined,
      });
    }
  };
}
