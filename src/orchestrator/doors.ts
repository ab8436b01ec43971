import type { AuditTrail } from "../access/audit.ts";
import { addressReader } from "../access/client-address.ts";
import { ContentHost } from "../access/content-host.ts";
import type { Gate } from "../access/gate.ts";
import { OriginPolicy } from "../access/origin.ts";
import { RequestRates } from "../access/request-rates.ts";
import type { BlockStore } from "../blocks/store.ts";
import type { DeclaredRoute } from "../http/access/route-access.ts";
import { Connections } from "../http/connections.ts";
import { EventStreams } from "../http/event-streams.ts";
import { HttpListener } from "../http/listener.ts";
import { buildHttp, type FunctionParts } from "../http/server.ts";
import { VolunteerDoor } from "../hub/door.ts";
import { VolunteerAccess } from "../hub/volunteer-access.ts";
import type { Dispatcher } from "../jobs/dispatcher.ts";
import type { JobEvents } from "../jobs/events.ts";
import type { JobService } from "../jobs/service.ts";
import type { Webhooks } from "../jobs/webhooks.ts";
import type { LiveOverview } from "../meters/overview.ts";
import type { Tracer } from "../meters/tracer.ts";
import type { NamespaceDirectory } from "../namespaces/directory.ts";
import type { FileService } from "../namespaces/file-service.ts";
import type { KvService } from "../namespaces/kv-service.ts";
import type { DiskProbe } from "../stores/sqlite/disk-probe.ts";
import type { PrometheusMeter } from "../telemetry/prometheus.ts";
import type { VolunteerRegistry } from "../volunteers/registry.ts";
import type { OrchestratorConfig } from "./config.ts";
import type { OrchestratorParts } from "./parts.ts";
import { lazyPythonAssets } from "./python-assets.ts";

/** What the doors open on. */
export interface Insides {
  readonly gate: Gate;
  readonly audit: AuditTrail;
  readonly functions: FunctionParts;
  readonly nodeId: string;
  readonly blocks: BlockStore;
  readonly kv: KvService;
  readonly files: FileService;
  readonly directory: NamespaceDirectory;
  readonly events: JobEvents;
  readonly volunteers: VolunteerRegistry;
  readonly overview: LiveOverview;
  readonly dispatcher: Dispatcher;
  readonly jobs: JobService;
  readonly webhooks: Webhooks;
  readonly disk: DiskProbe;
  readonly prometheus: PrometheusMeter;
  readonly tracer: Tracer | undefined;
  readonly draining: AbortSignal;
}

export interface Doors {
  readonly listener: HttpListener;
  readonly door: VolunteerDoor;
  readonly routes: readonly DeclaredRoute[];
  /** What is open now, by a name each. */
  openCounts(): Readonly<Record<string, number>>;
  /** What was turned away for being too much, by a name each. */
  turnedAway(): Readonly<Record<string, number>>;
}

/** Opens HTTP and the way in for volunteers; closed in the order that lets those who wait hear of the end. */
export async function openDoors(
  stack: AsyncDisposableStack,
  { http, access, cacheDir }: OrchestratorConfig,
  { clock, log, version }: OrchestratorParts,
  { nodeId, dispatcher, prometheus, ...insides }: Insides,
): Promise<Doors> {
  const { gate } = insides;
  const { corsOrigins: guests, rates: perSecond, proxies } = access;
  const origins = new OriginPolicy(http.host, { open: gate.open, guests });
  const content = new ContentHost(access.contentHost);
  const addressOf = addressReader(proxies);
  const rates = new RequestRates({ rates: perSecond, proxies, clock });
  const stopping = new AbortController();
  const node = { id: nodeId, version, startedAt: clock.now() };
  const pythonAssets = stack.use(lazyPythonAssets({ cacheDir, clock, log }));
  const observers = { httpMeter: prometheus, exposition: prometheus };
  const streams = new EventStreams({ gate, addressOf, clock, log, stopping: stopping.signal });
  const { anonymousVolunteers } = access;
  const shared = { gate, origins, content, addressOf, clock, log };
  const { app, routes } = buildHttp({
    ...insides,
    ...observers,
    ...shared,
    anonymousVolunteers,
    rates,
    proxies,
    quotas: access.quotas,
    pythonAssets,
    streams,
    node,
    stopping: stopping.signal,
  });
  const door = new VolunteerDoor({
    ...shared,
    gateway: dispatcher,
    access: new VolunteerAccess({ gate, rates, anonymous: anonymousVolunteers }),
  });
  door.attach(app.server);
  const connections = stack.use(
    new Connections(app.server, clock, {
      connectionsMax: http.connectionsMax,
      perAddressMax: http.connectionsPerAddressMax,
      proxies,
    }),
  );
  const listener = stack.use(await HttpListener.open(app, clock, http.host, http.port));
  // Connections of volunteers would keep the listener from closing.
  stack.use(door);
  // Streams and waiting requests end only then, after the jobs they wait for had their time.
  stack.defer(() => stopping.abort());
  return {
    listener,
    door,
    routes,
    openCounts: () => ({ any: connections.size, event_stream: streams.size, websocket: door.size }),
    turnedAway: () => connections.turnedAway,
  };
}
