import type { DatabaseModules } from "../blocks/database-modules.ts";
import type { WaitingFor } from "../protocol/job.ts";
import { closeCodes, type ReadyMessage, type VolunteerMessage } from "../protocol/volunteer.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import type { VolunteerId } from "../stdx/ids.ts";
import type { Log } from "../stdx/log.ts";
import type { VolunteerRegistry } from "../volunteers/registry.ts";
import type { VolunteerGateway, VolunteerSession } from "../volunteers/session.ts";
import { type Answer, Answers, type DispatcherCounts } from "./answers.ts";
import { CallDesk } from "./call-desk.ts";
import { Connection } from "./connection.ts";
import { cancelled, failed } from "./ending.ts";
import { Feeder } from "./feeder.ts";
import { GuestQuestions, type HostCallPort } from "./guest-questions.ts";
import type { Lane } from "./lane.ts";
import { LeaseKeeper, volunteerLost } from "./lease-keeper.ts";
import { type Lease, Leases } from "./leases.ts";
import type { LiveJobs } from "./live.ts";
import type { LiveJob } from "./live-job.ts";
import type { PayloadCache } from "./payloads.ts";
import { JobQueue } from "./queue.ts";
import { Throughput } from "./throughput.ts";
import { waitingFor } from "./waiting.ts";
import { goRound, roundMsFor } from "./watch.ts";

/** How long a lane rests that held a job past its timeout. */
const overdueRestMs = 5_000;

/** A volunteer with slots may change its offer this often in this long. */
const readiesMax = 8;
const readyWindowMs = 1000;

export interface DispatcherParts {
  readonly live: LiveJobs;
  readonly payloads: PayloadCache;
  readonly volunteers: VolunteerRegistry;
  readonly hostCalls: HostCallPort;
  readonly modules: Pick<DatabaseModules, "mayUse">;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DispatcherOptions {
  /** JOB_QUEUE_MAX_SIZE */
  readonly queueMax: number;
  /** VOLUNTEER_HEARTBEAT_INTERVAL */
  readonly heartbeatMs: number;
  /** VOLUNTEER_TIMEOUT */
  readonly silenceMs: number;
  /** How far beyond a job's timeout its volunteer may hold it; 10 s when not given. */
  readonly overdueMs?: number;
}

/** Hands jobs to volunteers under leases. The hub and the direct transport speak to it as a `VolunteerGateway`. */
export class Dispatcher implements VolunteerGateway, Disposable {
  readonly queue = new JobQueue();
  readonly queueMax: number;
  readonly throughput: Throughput;
  readonly counts: DispatcherCounts = { returned: 0, retried: 0, stale: 0, silent: 0, overdue: 0 };
  readonly #parts: DispatcherParts;
  readonly #options: Required<DispatcherOptions>;
  readonly #leases = new Leases();
  readonly #feeder: Feeder;
  readonly #keeper: LeaseKeeper;
  readonly #answers: Answers;
  readonly #questions: GuestQuestions;
  /** Runs functions in the same lanes. */
  readonly calls: CallDesk;
  readonly #connections = new Map<VolunteerId, Connection>();
  /** Sessions that are over: what still arrives on them is nobody's. */
  readonly #over = new WeakSet<VolunteerSession>();
  #stopping = false;
  #drained: (() => void) | undefined;
  #watchTimer: Timer;

  constructor(parts: DispatcherParts, options: DispatcherOptions) {
    this.#parts = parts;
    this.#options = { overdueMs: 10_000, ...options };
    this.queueMax = options.queueMax;
    this.throughput = new Throughput(parts.clock.monotonic());
    this.#feeder = new Feeder({ ...parts, queue: this.queue, leases: this.#leases });
    this.#keeper = new LeaseKeeper({
      ...parts,
      leases: this.#leases,
      feeder: this.#feeder,
      throughput: this.throughput,
    });
    this.#answers = new Answers({
      live: parts.live,
      clock: parts.clock,
      feeder: this.#feeder,
      keeper: this.#keeper,
      counts: this.counts,
      connections: () => this.#connections.values(),
    });
    this.calls = new CallDesk({
      clock: parts.clock,
      modules: parts.modules,
      idleKindsFor: (namespace) => this.#feeder.idleKindsFor(namespace),
      lanes: () => this.#lanes(),
      jobsWait: () => this.queue.size > 0,
      unlist: (lane) => this.#feeder.unlist(lane),
      release: (lane) => this.#feed(lane),
    });
    this.#feeder.offerCalls = (lane) => this.calls.feed(lane);
    this.#feeder.callsWait = () => this.calls.waiting > 0;
    this.#questions = new GuestQuestions({
      ...parts,
      leases: this.#leases,
      calls: this.calls,
      counts: this.counts,
      isOver: (session) => this.#over.has(session),
      dismiss: (session, code, reason) => this.#dismiss(session, code, reason),
    });
    this.#watchTimer = this.#watchLater();
  }

  /** How many leases are in force. */
  get leased(): number {
    return this.#leases.size;
  }

  /** How many leases were ever given. */
  get leasesIssued(): number {
    return this.#leases.issued;
  }

  /** Hands the job out as soon as somebody can take it. @param again it was handed out in an earlier life */
  enqueue(job: LiveJob, again = false): void {
    this.#feeder.enqueue(job, again);
  }

  /** Why a job that has not ended does not run yet. */
  whyWaiting(job: LiveJob): WaitingFor {
    return waitingFor(job, {
      connections: [...this.#connections.values()],
      stopping: this.#stopping,
      congested: this.#parts.live.congested,
      parked: this.#feeder.isParked(job),
      ahead: this.queue.aheadOf(job),
    });
  }

  /** Ends a job that has not ended. @returns whether that is stored; if not, it will be when the disk takes it */
  cancel(job: LiveJob): Promise<boolean> {
    const lease = this.#leases.of(job.id);
    const connection = lease && this.#connections.get(lease.volunteerId);
    if (!lease || !connection) {
      this.#feeder.withdraw(job);
      this.#parts.payloads.drop(job.id);
      return this.#parts.live.end(job, cancelled);
    }
    this.#keeper.sendCancel(connection, lease);
    const stored = this.#keeper.end(connection, lease, cancelled);
    this.#feed(connection.laneOf(lease));
    return stored;
  }

  ready(session: VolunteerSession, message: ReadyMessage): void {
    if (this.#over.has(session)) return;
    const known = this.#connections.get(session.id);
    if (known) {
      this.#readyAgain(known, message);
      return;
    }
    const { volunteers, clock, log } = this.#parts;
    const volunteer = volunteers.add(session, message);
    const connection = new Connection(volunteer, clock.monotonic());
    this.#connections.set(session.id, connection);
    this.#feeder.laneCount += volunteer.offer.slots;
    const { slots, agent } = volunteer.offer;
    log.info(
      { volunteer: session.id, origin: session.origin, slots, agent },
      `volunteer ${session.id} joined`,
    );
    session.send({
      type: "ack",
      volunteer_id: session.id,
      message: "Welcome. Jobs will come over this connection.",
      heartbeat_interval_ms: this.#options.heartbeatMs,
    });
    this.#feedAll(connection);
  }

  message(session: VolunteerSession, message: Exclude<VolunteerMessage, ReadyMessage>): void {
    const connection = this.#connections.get(session.id);
    if (!connection) {
      if (message.type !== "heartbeat" && !this.#over.has(session)) {
        this.#dismiss(session, closeCodes.notYours, "say ready before anything else");
      }
      return;
    }
    connection.volunteer.lastSeenAt = this.#parts.clock.now();
    if (message.type === "drain") {
      connection.volunteer.draining = true;
      // Echoed: all that was sent to it comes before this, so when it hears it there is nothing more to wait for.
      session.send({ type: "drain" });
      this.#feedAll(connection);
    } else if (message.type === "rest") {
      const lane = connection.rest(message.slot);
      if (lane) this.#feeder.unlist(lane);
    } else if (message.type === "wake") {
      const lane = connection.wake(message.slot);
      if (lane) this.#feed(lane);
    } else if (message.type !== "heartbeat") {
      this.#answer(connection, message);
    }
  }

  closed(session: VolunteerSession): void {
    this.#over.add(session);
    const connection = this.#connections.get(session.id);
    if (!connection) return;
    const { volunteers, log } = this.#parts;
    this.#connections.delete(session.id);
    volunteers.remove(session.id);
    this.#feeder.laneCount -= connection.volunteer.offer.slots;
    connection.volunteer.draining = true;
    const waitAgain: LiveJob[] = [];
    for (const lane of connection.lanes) {
      // From the last to the first, or each would come to its turn on the way.
      for (const lease of [...lane.leases].reverse()) {
        if (this.#stopping) this.#keeper.release(connection, lease);
        else if (this.#keeper.lose(connection, lease, volunteerLost)) waitAgain.push(lease.job);
      }
      this.#feeder.forget(lane);
      this.calls.closed(lane);
    }
    this.counts.retried += waitAgain.length;
    for (const job of waitAgain) this.#feeder.enqueue(job, true);
    log.info({ volunteer: session.id, jobs: waitAgain.length }, `volunteer ${session.id} left`);
    this.#checkDrained();
  }

  /** Hands out no more jobs; resolves when no job and no call is out, or after `graceMs`: then what still is goes back. */
  async drain(graceMs: number): Promise<void> {
    const { clock, log } = this.#parts;
    this.#stopping = true;
    this.#feeder.stop();
    for (const { volunteer } of this.#connections.values()) volunteer.session.send({ type: "drain" });
    const out = { jobs: this.#leases.size, calls: this.calls.size };
    if (out.jobs + out.calls === 0) return;
    const what = `${counted(out.jobs, "job")} and ${counted(out.calls, "call")}`;
    log.info({ ...out, graceMs }, `waiting up to ${graceMs / 1000} s for ${what} to end`);
    const drained = Promise.withResolvers<void>();
    this.#drained = drained.resolve;
    const deadline = clock.after(graceMs, drained.resolve);
    await drained.promise;
    deadline.cancel();
    this.#takeBack();
  }

  [Symbol.dispose](): void {
    this.#stopping = true;
    this.#feeder.stop();
    this.#watchTimer.cancel();
  }

  /** Whoever still runs something is told to stop it: it is run again after the next start, and has lost no attempt. */
  #takeBack(): void {
    const { log } = this.#parts;
    const [jobs, calls] = [this.#leases.size, this.calls.size];
    for (const connection of this.#connections.values()) {
      for (const lease of connection.lanes.flatMap(({ leases }) => [...leases].reverse())) {
        this.#keeper.sendCancel(connection, lease);
        this.#keeper.giveBack(connection, lease);
      }
    }
    this.calls.stop();
    if (jobs > 0)
      log.warn({ jobs }, `${counted(jobs, "job")} took too long and will run after the next start`);
    if (calls > 0) log.warn({ calls }, `${counted(calls, "call")} took too long and went unanswered`);
  }

  #readyAgain(connection: Connection, message: ReadyMessage): void {
    const nowMs = this.#parts.clock.monotonic();
    // Only volunteers of the reference protocol say it after every job; what a change of slots costs grows with them.
    if (nowMs - connection.readySince >= readyWindowMs) {
      connection.readySince = nowMs;
      connection.readies = 0;
    }
    if (++connection.readies > readiesMax && connection.volunteer.offer.lanes) {
      this.#dismiss(connection.volunteer.session, closeCodes.flooding, "ready was said too often");
      return;
    }
    const slotsBefore = connection.volunteer.offer.slots;
    for (const lane of connection.lanes) this.#feeder.unlist(lane);
    connection.volunteer.lastSeenAt = this.#parts.clock.now();
    connection.readyAgain(message);
    this.#feeder.laneCount += connection.volunteer.offer.slots - slotsBefore;
    this.#feedAll(connection);
  }

  *#lanes(): Generator<Lane> {
    for (const connection of this.#connections.values()) yield* connection.lanes;
  }

  #answer(connection: Connection, message: Answer): void {
    const { volunteer } = connection;
    if (message.type === "host") {
      this.#questions.ask(connection, message);
      return;
    }
    if (CallDesk.isCallId(message.job_id) && this.calls.take(volunteer, message)) {
      this.#checkDrained();
      return;
    }
    if (message.type !== "response" && this.#answers.take(connection, message)) {
      this.#checkDrained();
      return;
    }
    const { session } = connection.volunteer;
    const facts = { volunteer: session.id, job: message.job_id };
    this.#parts.log.warn(facts, `volunteer ${session.id} spoke of a job it never had`);
    this.#dismiss(session, closeCodes.notYours, "a message was about a job that was never leased to you");
  }

  #dismiss(session: VolunteerSession, code: number, reason: string): void {
    session.close(code, reason);
    this.closed(session);
  }

  #feed(lane: Lane): void {
    this.#feeder.feed(lane);
    this.#checkDrained();
  }

  #feedAll(connection: Connection): void {
    for (const lane of connection.lanes) this.#feeder.feed(lane);
  }

  #checkDrained(): void {
    if (this.#drained && this.#leases.size + this.calls.size === 0) this.#drained();
  }

  #watchLater(): Timer {
    const { clock } = this.#parts;
    const roundMs = roundMsFor(this.#options);
    const dueAt = clock.monotonic() + roundMs;
    return clock.after(roundMs, () => {
      // What a stall of this process kept from being read, nobody is to blame for.
      const lateMs = clock.monotonic() - dueAt;
      if (lateMs > roundMs) for (const connection of this.#connections.values()) connection.excuse(lateMs);
      this.#watch();
      this.#watchTimer = this.#watchLater();
    });
  }

  #watch(): void {
    const { clock } = this.#parts;
    goRound([...this.#connections.values()], clock, this.#options, {
      silent: (connection) => {
        this.counts.silent++;
        this.#dismiss(connection.volunteer.session, closeCodes.silent, "nothing was heard for too long");
      },
      overdue: (connection, lane, lease) => this.#overdue(connection, lane, lease),
      rested: (lane) => this.#feed(lane),
    });
    this.#feeder.unparkDue();
    this.calls.sweep();
    this.#checkDrained();
    this.throughput.measure(clock.monotonic());
  }

  #overdue(connection: Connection, lane: Lane, lease: Lease): void {
    this.counts.overdue++;
    this.#keeper.sendCancel(connection, lease);
    const seconds = lease.job.spec.timeoutMs / 1000;
    const sentence = `The job ran longer than its ${seconds} s, and its volunteer did not stop it.`;
    connection.volunteer.jobsFailed++;
    void this.#keeper.end(connection, lease, failed("timeout", sentence));
    lane.rest(this.#parts.clock.monotonic(), overdueRestMs);
    this.#feed(lane);
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
