/**
 * What the orchestrator's own bookkeeping costs per job: queue, lease, message, result, end, over a store in memory and
 * volunteers that answer at once, in CPU time, garbage collection included. Run it alone: `node bench/dispatcher.ts [JOBS]`.
 */

import { Dispatcher } from "../src/jobs/dispatcher.ts";
import { JobEvents } from "../src/jobs/events.ts";
import type { JobPayload, JobSpec } from "../src/jobs/job.ts";
import { LiveJobs } from "../src/jobs/live.ts";
import { PayloadCache } from "../src/jobs/payloads.ts";
import { noMeter } from "../src/meters/meter.ts";
import type { OrchestratorMessage, ReadyMessage } from "../src/protocol/volunteer.ts";
import { systemClock } from "../src/stdx/clock.ts";
import { type JobId, uuidv7, type VolunteerId } from "../src/stdx/ids.ts";
import { noLog } from "../src/stdx/log.ts";
import { VolunteerRegistry } from "../src/volunteers/registry.ts";
import type { VolunteerGateway, VolunteerSession } from "../src/volunteers/session.ts";

const jobs = Number(process.argv[2] ?? 200_000);
const batch = 64;
const rounds = 5;
const payload: JobPayload = { code: "42", inputJson: "null" };

/** Answers everything it was sent when told to. */
class EchoVolunteer implements VolunteerSession {
  readonly id: VolunteerId;
  readonly origin = "internal";
  readonly standing = "trusted";
  readonly address = "";
  readonly #gateway: VolunteerGateway;
  #inbox: OrchestratorMessage[] = [];

  constructor(gateway: VolunteerGateway, id: string, ready: ReadyMessage) {
    this.#gateway = gateway;
    this.id = id as VolunteerId;
    gateway.ready(this, ready);
  }

  send(message: OrchestratorMessage): void {
    this.#inbox.push(message);
  }

  close(code: number, reason: string): void {
    throw new Error(`closed with ${code}: ${reason}`);
  }

  answer(): number {
    const inbox = this.#inbox;
    this.#inbox = [];
    let answered = 0;
    for (const message of inbox) {
      if (message.type !== "job") continue;
      answered++;
      const { job_id, lease } = message;
      this.#gateway.message(this, { type: "result", job_id, lease, result: 42, stats: { wall_ms: 0.2 } });
    }
    return answered;
  }
}

interface Case {
  readonly name: string;
  readonly volunteers: number;
  readonly slots: number;
  readonly namespaces: number;
  /** How many jobs wait from the beginning to the end. */
  readonly backlog: number;
}

const cases: readonly Case[] = [
  { name: "2 slots, 1 namespace", volunteers: 1, slots: 2, namespaces: 1, backlog: 0 },
  { name: "2 slots, 1 namespace, 50,000 waiting", volunteers: 1, slots: 2, namespaces: 1, backlog: 50_000 },
  {
    name: "2 slots, 1,000 namespaces, 50,000 waiting",
    volunteers: 1,
    slots: 2,
    namespaces: 1000,
    backlog: 50_000,
  },
  { name: "2,000 volunteers, 100 namespaces", volunteers: 2000, slots: 1, namespaces: 100, backlog: 0 },
];

async function measure({ volunteers, slots, namespaces, backlog }: Case): Promise<number> {
  const store = {
    progress() {},
    finish: async () => true,
    get: async () => undefined,
    output: async () => undefined,
    payload: async () => payload,
  };
  const clock = systemClock;
  const events = new JobEvents();
  const live = new LiveJobs({ store, events, meter: noMeter, clock, log: noLog });
  const payloads = new PayloadCache(store);
  const registry = new VolunteerRegistry(clock);
  using dispatcher = new Dispatcher(
    {
      live,
      payloads,
      volunteers: registry,
      modules: { mayUse: () => true },
      hostCalls: { answer: async () => "null" },
      clock,
      log: noLog,
    },
    { queueMax: 1_000_000, heartbeatMs: 30_000, silenceMs: 60_000 },
  );
  const capabilities = { wasm: true, python: true, lua: true, js: true, max_memory_mb: 1024 };
  const ready: ReadyMessage = { type: "ready", capabilities, slots, lanes: true };
  let submitted = 0;
  const submit = () => {
    const now = clock.now();
    const spec: JobSpec = {
      id: uuidv7(now) as JobId,
      language: "js",
      namespace: `n${submitted++ % namespaces}`,
      wasmCid: undefined,
      timeoutMs: 30_000,
      memoryMb: 256,
      priority: 0,
      maxRetries: 3,
      usesDatabase: false,
      placement: "any",
      createdAt: now,
    };
    payloads.keep(spec.id, payload);
    dispatcher.enqueue(live.add(spec));
  };
  for (let count = 0; count < backlog; count++) submit();
  const crowd = Array.from({ length: volunteers }, (_, n) => new EchoVolunteer(dispatcher, `v${n}`, ready));
  let ended = 0;
  const before = process.cpuUsage();
  while (ended < jobs) {
    for (let count = 0; count < batch; count++) submit();
    while (live.size > backlog) {
      for (const volunteer of crowd) ended += volunteer.answer();
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ended;
}

for (const each of cases) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await measure(each));
  times.sort((a, b) => a - b);
  console.log(`${each.name.padEnd(48)} ${times[rounds >> 1]?.toFixed(2)} us of CPU per job`);
}
