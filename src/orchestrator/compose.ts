import { join } from "node:path";
import { AuditTrail } from "../access/audit.ts";
import { Gate } from "../access/gate.ts";
import { Tickets } from "../access/tickets.ts";
import type { TokenStore } from "../access/token-store.ts";
import { Tokens } from "../access/tokens.ts";
import { DatabaseModules } from "../blocks/database-modules.ts";
import type { BlockStore } from "../blocks/store.ts";
import { FunctionCalls } from "../functions/calls.ts";
import { CodeShelf } from "../functions/code-shelf.ts";
import type { DeploymentStore } from "../functions/deployment-store.ts";
import { Deployments } from "../functions/deployments.ts";
import { LogRetention } from "../functions/log-retention.ts";
import { FunctionLogs } from "../functions/logs.ts";
import { FunctionRouter } from "../functions/router.ts";
import type { DeclaredRoute } from "../http/access/route-access.ts";
import type { FunctionParts } from "../http/server.ts";
import { webhookPost } from "../http/webhook-post.ts";
import { directDoor } from "../hub/direct.ts";
import { Dispatcher } from "../jobs/dispatcher.ts";
import { JobEvents } from "../jobs/events.ts";
import { LiveJobs } from "../jobs/live.ts";
import { PayloadCache } from "../jobs/payloads.ts";
import { Retention } from "../jobs/retention.ts";
import { JobService } from "../jobs/service.ts";
import type { JobStore } from "../jobs/store.ts";
import type { WebhookStore } from "../jobs/webhook-store.ts";
import { Webhooks } from "../jobs/webhooks.ts";
import { CallStats } from "../meters/call-stats.ts";
import type { CellMeter } from "../meters/cell-meter.ts";
import { type Meter, Meters, noMeter } from "../meters/meter.ts";
import { LiveOverview } from "../meters/overview.ts";
import { Tally } from "../meters/tally.ts";
import type { Tracer } from "../meters/tracer.ts";
import { NamespaceDirectory } from "../namespaces/directory.ts";
import { FileService } from "../namespaces/file-service.ts";
import { HostCallAnswerer } from "../namespaces/host-calls.ts";
import { KvService } from "../namespaces/kv-service.ts";
import type { ConnectLink } from "../protocol/link.ts";
import { CellCodeChecker } from "../sandbox/hosts/code-checker.ts";
import { quieter } from "../stdx/log.ts";
import { settleDataFormat } from "../stores/data-format.ts";
import { FileBlockStore } from "../stores/files/block-store.ts";
import { LocalFileStore } from "../stores/files/file-store.ts";
import { DataLock } from "../stores/sqlite/data-lock.ts";
import { SqliteKvStore } from "../stores/sqlite/kv-store.ts";
import { openSystemDatabase } from "../stores/sqlite/system-database.ts";
import { PrometheusMeter } from "../telemetry/prometheus.ts";
import { registerStanding } from "../telemetry/standing.ts";
import { VolunteerRegistry } from "../volunteers/registry.ts";
import type { OrchestratorConfig } from "./config.ts";
import { openDoors } from "./doors.ts";
import { countsOf, gaugesOf } from "./gauges.ts";
import { keptSecret } from "./kept-secret.ts";
import { keptNodeId } from "./node-id.ts";
import type { OrchestratorParts } from "./parts.ts";

/** Payloads of jobs that are about to run, so that most need no reading from the disk. */
const payloadCacheBytes = 64 * 1024 * 1024;
/** Code of functions that are called, so that a call reads nothing from the disk. */
const functionCodeBytes = 128 * 1024 * 1024;
/** Bodies of small files that are asked for often. */
const fileCacheBytes = 64 * 1024 * 1024;

/** A running orchestrator. Disposing it stops it in order. */
export interface Orchestrator extends AsyncDisposable {
  readonly url: URL;
  readonly nodeId: string;
  /** What the HTTP API consists of. */
  readonly routes: readonly DeclaredRoute[];
}

/**
 * Builds an orchestrator and opens its doors. What was built is taken down in the reverse order, also when a later part
 * cannot be built: so each part may use those before it until its own end.
 */
export async function startOrchestrator(
  config: OrchestratorConfig,
  parts: OrchestratorParts,
): Promise<Orchestrator> {
  await using stack = new AsyncDisposableStack();
  const storage = await openStorage(stack, config, parts);
  const namespaces = await openNamespaces(stack, config, parts, storage);
  // Whoever counts or measures what happens is told here; see docs/ARCHITECTURE.md.
  const tally = new Tally();
  const callStats = new CallStats(parts.clock);
  const prometheus = new PrometheusMeter(parts.clock);
  const meter = new Meters([
    tally,
    prometheus,
    { ...noMeter, callEnded: (finish) => callStats.callEnded(finish) },
  ]);
  const domain = buildDomain(stack, config, parts, { ...storage, ...namespaces, meter });
  const { live, dispatcher, jobs, webhooks } = domain;
  const functions = {
    ...(await buildFunctions(stack, config, parts, { ...storage, dispatcher, meter })),
    stats: callStats,
  };
  await webhooks.recover();
  const recovered = await jobs.recover();
  if (recovered > 0) parts.log.info({ jobs: recovered }, `${recovered} jobs from before are waiting to run`);

  const { auditRetentionMs: retentionMs } = config.access;
  const audit = stack.use(new AuditTrail({ ...parts, store: storage.auditStore, retentionMs }));
  const gate = await buildGate(stack, config, parts, storage.tokenStore);
  const tracer = await startTracer(stack, config, parts, storage.nodeId);
  const draining = new AbortController();
  const gauges = gaugesOf(domain);
  const overview = stack.use(new LiveOverview({ gauges, tally, clock: parts.clock }));
  const { listener, door, routes, openCounts, turnedAway } = await openDoors(stack, config, parts, {
    ...storage,
    ...namespaces,
    ...domain,
    functions,
    overview,
    prometheus,
    tracer,
    gate,
    audit,
    draining: draining.signal,
  });
  registerStanding(prometheus.registry, {
    ...countsOf({ ...storage, dispatcher, draining: draining.signal }),
    gauges,
    open: openCounts,
    turnedAway,
    info: { version: parts.version, node_id: storage.nodeId },
  });
  if (config.workers.count > 0) {
    const connect = directDoor({ gateway: dispatcher, clock: parts.clock });
    stack.use(await startWorkers(connect, storage.blocks, config, { ...parts, cellMeter: prometheus }));
  }
  // Who waits for a job is to hear of its end before being sent away: so ends that were reached are stored first.
  stack.use(live);
  stack.defer(() => dispatcher.drain(config.shutdownTimeoutMs));
  // The doors stay open until then: who comes is told that we are stopping, which a closed port does not say.
  stack.defer(() => {
    draining.abort();
    jobs[Symbol.dispose]();
    door.refuseMore();
  });

  const running = stack.move();
  const { nodeId } = storage;
  return { url: listener.url, nodeId, routes, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

async function openStorage(
  stack: AsyncDisposableStack,
  { dataDir, nodeId, jobs: { retentionMs } }: OrchestratorConfig,
  { clock, log }: OrchestratorParts,
) {
  stack.use(DataLock.acquire(dataDir));
  settleDataFormat(dataDir);
  const database = stack.use(openSystemDatabase({ dataDir, clock }));
  const { jobs: store, functions, logs, webhooks, tokens, disk, commits, audit } = database;
  stack.use(new Retention({ store, clock, log, retentionMs }));
  const blocks = await FileBlockStore.open({
    directory: join(dataDir, "blocks"),
    onDamaged: (cid, path) =>
      log.error({ cid, path }, `the block ${cid} was damaged and is set aside as ${path}`),
  });
  return {
    store,
    functionStore: functions,
    logStore: logs,
    webhookStore: webhooks,
    tokenStore: tokens,
    auditStore: audit,
    disk,
    commits,
    webhookSecret: keptSecret(dataDir, "webhook-secret"),
    blocks,
    modules: new DatabaseModules(blocks),
    nodeId: nodeId ?? keptNodeId(dataDir),
  };
}

async function openNamespaces(
  stack: AsyncDisposableStack,
  { dataDir, access: { quotas } }: OrchestratorConfig,
  { clock, log }: OrchestratorParts,
  {
    store: jobs,
    functionStore: functions,
  }: { readonly store: JobStore; readonly functionStore: DeploymentStore },
) {
  const kvStore = stack.use(
    new SqliteKvStore({ directory: join(dataDir, "kv"), bytesMax: quotas.databaseBytes, clock, log }),
  );
  const fileStore = stack.use(await LocalFileStore.open({ directory: join(dataDir, "storage"), clock, log }));
  return {
    kv: new KvService({ store: kvStore, clock }),
    files: new FileService(fileStore, fileCacheBytes, quotas.fileBytes),
    directory: new NamespaceDirectory({ jobs, functions, databases: kvStore, files: fileStore }),
  };
}

interface Stored {
  readonly store: JobStore;
  readonly webhookStore: WebhookStore;
  readonly webhookSecret: Uint8Array;
  readonly blocks: BlockStore;
  readonly modules: DatabaseModules;
  readonly kv: KvService;
  readonly meter: Meter;
}

function buildDomain(
  stack: AsyncDisposableStack,
  { jobs: settings, access: { quotas }, volunteers: { heartbeatIntervalMs, timeoutMs } }: OrchestratorConfig,
  { clock, log }: OrchestratorParts,
  { store, webhookStore, webhookSecret, blocks, modules, kv, meter }: Stored,
) {
  const events = stack.use(new JobEvents());
  const live = new LiveJobs({ store, events, meter, clock, log });
  const payloads = new PayloadCache(store, payloadCacheBytes);
  const volunteers = new VolunteerRegistry(clock);
  const dispatcher = stack.use(
    new Dispatcher(
      { live, payloads, volunteers, hostCalls: new HostCallAnswerer(kv, log), modules, clock, log },
      { queueMax: settings.queueMax, heartbeatMs: heartbeatIntervalMs, silenceMs: timeoutMs },
    ),
  );
  const webhooks = stack.use(
    new Webhooks({
      store: webhookStore,
      jobs: store,
      post: webhookPost({ privateToo: settings.webhooksToPrivate }),
      nodeSecret: webhookSecret,
      clock,
      log,
    }),
  );
  const jobs = stack.use(
    new JobService(
      { store, blocks, modules, live, payloads, dispatcher, volunteers, events, webhooks, meter, clock },
      { ...settings, perNamespaceMax: quotas.jobs },
    ),
  );
  return { events, live, volunteers, dispatcher, jobs, webhooks };
}

async function buildFunctions(
  stack: AsyncDisposableStack,
  { cacheDir, access }: OrchestratorConfig,
  { clock, log, functionRunner }: OrchestratorParts,
  insides: Pick<
    Awaited<ReturnType<typeof openStorage>>,
    "functionStore" | "logStore" | "blocks" | "modules"
  > & {
    readonly dispatcher: Dispatcher;
    readonly meter: Meter;
  },
): Promise<Omit<FunctionParts, "stats">> {
  const { functionStore: store, logStore, blocks, modules, dispatcher, meter } = insides;
  const invoker = functionRunner?.invoker ?? dispatcher.calls;
  const checker =
    functionRunner?.checker ??
    stack.use(
      new CellCodeChecker(async () => {
        // Loaded only here: an orchestrator to which nobody deploys has no use for cells.
        const { createDenoCellHost } = await import("../sandbox/hosts/deno/host.ts");
        return createDenoCellHost({ cacheDir, clock, log });
      }, blocks),
    );
  stack.use(new LogRetention({ store: logStore, clock, log }));
  const logs = stack.use(new FunctionLogs({ store: logStore, clock, log }));
  const router = new FunctionRouter();
  const code = new CodeShelf(store, modules, functionCodeBytes);
  const deployments = new Deployments({
    ...{ store, blocks, checker, invoker, router, code, clock, log },
    perNamespaceMax: access.quotas.functions,
  });
  await deployments.recover();
  return { deployments, calls: new FunctionCalls({ router, code, invoker, logs, meter, clock }), logs };
}

async function buildGate(
  stack: AsyncDisposableStack,
  { access: { open, loopback, adminToken } }: OrchestratorConfig,
  { clock, log }: OrchestratorParts,
  store: TokenStore,
): Promise<Gate> {
  const tokens = stack.use(new Tokens({ store, clock, log, adminToken }));
  await tokens.recover();
  if (!open && !tokens.hasAdmin) {
    log.warn({}, "nobody can be let in yet: make a token with zerverless token create --admin");
  }
  return new Gate({ tokens, tickets: new Tickets(clock), open, loopback });
}

async function startTracer(
  stack: AsyncDisposableStack,
  { tracing }: OrchestratorConfig,
  { version, clock }: OrchestratorParts,
  nodeId: string,
): Promise<Tracer | undefined> {
  if (!tracing) return undefined;
  // Loaded only here: who traces nothing pays nothing.
  const { OtelTracer } = await import("../telemetry/otel-tracer.ts");
  return stack.use(new OtelTracer({ ...tracing, nodeId, version, clock }));
}

async function startWorkers(
  connect: ConnectLink,
  blocks: BlockStore,
  { workers, cacheDir }: OrchestratorConfig,
  { clock, log, version, cellMeter }: OrchestratorParts & { readonly cellMeter: CellMeter },
): Promise<AsyncDisposable> {
  // Loaded only here: an orchestrator without workers has no use for cells.
  const { startInternalWorkers } = await import("../worker/compose.ts");
  // A line for each job is for those who volunteer; here clients can ask.
  const common = { cacheDir, version, clock, log: quieter(log), cellMeter };
  return startInternalWorkers(connect, blocks, { ...workers, ...common });
}
