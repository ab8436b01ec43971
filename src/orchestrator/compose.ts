import { join } from "node:path";
import { OriginPolicy } from "../access/origin.ts";
import { HttpListener } from "../http/listener.ts";
import { buildHttp } from "../http/server.ts";
import { directDoor } from "../hub/direct.ts";
import { VolunteerDoor } from "../hub/door.ts";
import { Dispatcher } from "../jobs/dispatcher.ts";
import { JobEvents } from "../jobs/events.ts";
import { LiveJobs } from "../jobs/live.ts";
import { PayloadCache } from "../jobs/payloads.ts";
import { Retention } from "../jobs/retention.ts";
import { JobService } from "../jobs/service.ts";
import type { Clock } from "../stdx/clock.ts";
import { type Log, quieter } from "../stdx/log.ts";
import { FileBlockStore } from "../stores/files/block-store.ts";
import { DataLock } from "../stores/sqlite/data-lock.ts";
import { openSystemDatabase } from "../stores/sqlite/system-database.ts";
import { VolunteerRegistry } from "../volunteers/registry.ts";
import type { OrchestratorConfig } from "./config.ts";
import { keptNodeId } from "./node-id.ts";

export interface OrchestratorParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}

/** Payloads of jobs that are about to run, so that most need no reading from the disk. */
const payloadCacheBytes = 64 * 1024 * 1024;

/** A running orchestrator. Disposing it stops it in order. */
export interface Orchestrator extends AsyncDisposable {
  readonly url: URL;
  readonly nodeId: string;
}

/**
 * Builds an orchestrator and opens its doors. What was built is taken down in the reverse order, also when a later part
 * cannot be built: so each part may use those before it until its own end.
 */
export async function startOrchestrator(
  config: OrchestratorConfig,
  { clock, log, version }: OrchestratorParts,
): Promise<Orchestrator> {
  await using stack = new AsyncDisposableStack();
  const { dataDir } = config;

  stack.use(DataLock.acquire(dataDir));
  const nodeId = config.nodeId ?? keptNodeId(dataDir);
  const { jobs: store } = stack.use(openSystemDatabase({ dataDir, clock }));
  const blocks = await FileBlockStore.open({
    directory: join(dataDir, "blocks"),
    onDamaged: (cid, path) =>
      log.error({ cid, path }, `the block ${cid} was damaged and is set aside as ${path}`),
  });
  stack.use(new Retention({ store, clock, log, retentionMs: config.jobs.retentionMs }));

  const events = stack.use(new JobEvents());
  const live = stack.use(new LiveJobs({ store, events, clock, log }));
  const payloads = new PayloadCache(store, payloadCacheBytes);
  const volunteers = new VolunteerRegistry(clock);
  const dispatcher = stack.use(
    new Dispatcher(
      { live, payloads, volunteers, clock, log },
      {
        queueMax: config.jobs.queueMax,
        heartbeatMs: config.volunteers.heartbeatIntervalMs,
        silenceMs: config.volunteers.timeoutMs,
      },
    ),
  );
  const jobs = stack.use(
    new JobService({ store, blocks, live, payloads, dispatcher, events, clock, log }, config.jobs),
  );
  const recovered = await jobs.recover();
  if (recovered > 0) log.info({ jobs: recovered }, `${recovered} jobs from before are waiting to run`);

  const origins = new OriginPolicy(config.http.host);
  const stopping = new AbortController();
  const node = { id: nodeId, version, startedAt: clock.now() };
  const app = buildHttp({
    jobs,
    events,
    volunteers,
    blocks,
    origins,
    clock,
    log,
    node,
    stopping: stopping.signal,
  });
  const door = new VolunteerDoor({ gateway: dispatcher, origins, clock, log });
  door.attach(app.server);
  const listener = stack.use(await HttpListener.open(app, clock, config.http.host, config.http.port));
  // Connections of volunteers would keep the listener from closing.
  stack.use(door);
  // Streams and waiting requests end only now, after the jobs they wait for had their time.
  stack.defer(() => stopping.abort());

  if (config.workers.count > 0) {
    // Loaded only here: an orchestrator without workers has no use for cells.
    const { startInternalWorkers } = await import("../worker/compose.ts");
    const connect = directDoor({ gateway: dispatcher, clock });
    const { cacheDir, workers } = config;
    stack.use(
      await startInternalWorkers(connect, blocks, {
        ...workers,
        cacheDir,
        version,
        clock,
        // A line for each job is for those who volunteer; here clients can ask.
        log: quieter(log),
      }),
    );
  }
  stack.defer(() => dispatcher.drain(config.shutdownTimeoutMs));
  stack.defer(() => listener.refuseMore());

  const running = stack.move();
  return { url: listener.url, nodeId, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
