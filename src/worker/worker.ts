import type { ConnectLink, OrchestratorLink } from "../protocol/link.ts";
import {
  type Capabilities,
  type FunctionMessage,
  functionsKept,
  type InvokeMessage,
  type JobMessage,
  type OrchestratorMessage,
  type ReadyMessage,
  type VolunteerMessage,
} from "../protocol/volunteer.ts";
import type { CellHost, CellStats } from "../sandbox/hosts/cell.ts";
import type { Clock, Timer } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import { nextTurn } from "../stdx/next-turn.ts";
import { Shelf } from "../stdx/shelf.ts";
import { type Assignment, CallAssignment } from "./assignment.ts";
import type { Backoff } from "./backoff.ts";
import { HostCalls } from "./host-calls.ts";
import { Lane } from "./lane.ts";
import type { ModuleSource } from "./modules.ts";
import type { Work, WorkerObserver } from "./observer.ts";

export interface WorkerParts {
  readonly connect: ConnectLink;
  readonly cells: CellHost;
  readonly modules: ModuleSource;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoff: Backoff;
  readonly observer: WorkerObserver;
}

export interface WorkerSettings {
  readonly slots: number;
  /** Undefined: work for every namespace. */
  readonly namespaces: readonly string[] | undefined;
  readonly capabilities: Capabilities;
  readonly agent: string;
  /** How much of the time each slot may be busy: from `shareMin` to 1. */
  readonly share: number;
}

const heartbeatDefaultMs = 30_000;
/** An orchestrator that does not echo a `drain` by then never will. */
const drainEchoMs = 2000;
/** A share that is being changed is told when it has been left alone for so long. */
const tellShareMs = 500;

/** A volunteer, natively and in a tab: keeps one link to an orchestrator alive and runs what comes over it in its lanes. */
export class Worker implements AsyncDisposable {
  readonly #parts: WorkerParts;
  readonly #settings: WorkerSettings;
  readonly #lanes: Lane[];
  readonly #functions = new Shelf<FunctionMessage>(functionsKept);
  readonly #hostCalls = new HostCalls((message) => this.#link?.send(message));
  /** What is at its turn in each slot. */
  readonly #atWork: (Work | undefined)[] = [];
  #link: OrchestratorLink | undefined;
  #state: "new" | "working" | "draining" | "stopped" = "new";
  #share: number;
  #tellShareTimer: Timer | undefined;
  /** The slots of which the orchestrator was told that they rest. */
  readonly #resting = new Set<number>();
  #heartbeatMs = heartbeatDefaultMs;
  #heartbeatTimer: Timer | undefined;
  #reconnectTimer: Timer | undefined;
  #heardAt = 0;
  /** The link is being ended so that a new one can be made. */
  #hurried = false;
  #becameIdle: (() => void) | undefined;
  #drainEchoed: (() => void) | undefined;

  constructor(parts: WorkerParts, settings: WorkerSettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#share = settings.share;
    this.#lanes = Array.from(
      { length: settings.slots },
      (_, slot) =>
        new Lane({
          cells: parts.cells,
          modules: parts.modules,
          clock: parts.clock,
          share: settings.share,
          send: (message) => this.#link?.send(message),
          ask: (assignment, op, argsJson) => this.#hostCalls.ask(assignment, op, argsJson),
          began: (assignment) => this.#began(slot, assignment),
          opened: () => this.#laneOpened(slot),
          ended: (assignment, how, stats) => this.#ended(slot, assignment, how, stats),
        }),
    );
  }

  /** Connects; a worker that was stopped before stays so. */
  start(): void {
    if (this.#state !== "new") return;
    this.#state = "working";
    this.#connect();
  }

  /** The machine has slept, or is on another network: the link it had is not to be trusted, nor worth waiting for. */
  reconnect(): void {
    if (this.#state !== "working") return;
    this.#parts.backoff.reset();
    if (this.#link) {
      this.#hurried = true;
      this.#link.close();
    } else {
      this.#reconnectTimer?.cancel();
      this.#connect();
    }
  }

  get share(): number {
    return this.#share;
  }

  /** How much of the time each slot may be busy, from now on. */
  set share(share: number) {
    if (share === this.#share) return;
    this.#share = share;
    for (const lane of this.#lanes) lane.share = share;
    this.#tellShareTimer?.cancel();
    this.#tellShareTimer = this.#parts.clock.after(tellShareMs, () => this.#link?.send(this.#ready()));
  }

  /**
   * Takes no new work until it is resumed, and gives back what has not begun.
   * @param reason for whoever watches
   * @param running `finish` what runs, or `give up`: others then run it again, which costs it an attempt
   */
  pause(reason: string, running: "finish" | "give up"): void {
    this.#parts.observer.intake({ kind: "paused", reason });
    for (const lane of this.#lanes) lane.pause(running === "give up");
  }

  resume(): void {
    this.#parts.observer.intake({ kind: this.#state === "draining" ? "draining" : "open" });
    for (const lane of this.#lanes) lane.resume();
  }

  /**
   * Takes no new work, gives back what has not begun, and waits for the rest.
   * @param withinMs then what still runs is given up: the orchestrator runs it again elsewhere
   */
  async drain(withinMs: number): Promise<void> {
    const wasWorking = this.#state === "working";
    if (this.#state === "new" || wasWorking) this.#state = "draining";
    if (!wasWorking) return;
    this.#parts.observer.intake({ kind: "draining" });
    this.#reconnectTimer?.cancel();
    this.#link?.send({ type: "drain" });
    for (const lane of this.#lanes) lane.returnWaiting();
    if (!this.#link) return;
    await this.#drainEcho(Math.min(withinMs, drainEchoMs));
    if (this.#busy === 0 || !this.#link) return;
    const idle = Promise.withResolvers<void>();
    this.#becameIdle = idle.resolve;
    const deadline = this.#parts.clock.after(withinMs, idle.resolve);
    await idle.promise;
    deadline.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "stopped") return;
    this.#state = "stopped";
    this.#reconnectTimer?.cancel();
    this.#heartbeatTimer?.cancel();
    this.#tellShareTimer?.cancel();
    // A turn of the event loop lets the last answers out before the link closes.
    await new Promise<void>((resolve) => nextTurn(resolve));
    this.#link?.close();
    this.#link = undefined;
    for (const lane of this.#lanes) lane.abandon();
    this.#parts.observer.link({ kind: "stopped" });
  }

  /** Work may be on its way to us that was sent before our `drain` arrived: until the echo of that it goes back. */
  async #drainEcho(withinMs: number): Promise<void> {
    const echoed = Promise.withResolvers<void>();
    this.#drainEchoed = echoed.resolve;
    const deadline = this.#parts.clock.after(withinMs, echoed.resolve);
    await echoed.promise;
    deadline.cancel();
  }

  get #busy(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.size, 0);
  }

  #connect(): void {
    this.#parts.observer.link({ kind: "connecting" });
    const link: OrchestratorLink = this.#parts.connect({
      opened: () => this.#opened(link),
      messages: (messages) => {
        this.#heardAt = this.#parts.clock.monotonic();
        for (const message of messages) this.#receive(message);
      },
      closed: (code, reason) => this.#closed(code, reason),
    });
    this.#link = link;
  }

  #opened(link: OrchestratorLink): void {
    link.send(this.#ready());
    this.#heardAt = this.#parts.clock.monotonic();
    this.#beat();
  }

  #ready(): ReadyMessage {
    const { slots, namespaces, capabilities, agent } = this.#settings;
    return {
      type: "ready",
      capabilities,
      slots,
      isolation: this.#parts.cells.isolation,
      agent,
      lanes: true,
      ...(namespaces && { namespaces: [...namespaces] }),
      ...(this.#share < 1 && { share: this.#share }),
      ...(this.#resting.size > 0 && { resting: [...this.#resting] }),
    };
  }

  /** A slot may have begun or ended a rest. */
  #laneOpened(slot: number): void {
    const resting = this.#lanes[slot]?.isOpen === false;
    if (resting === this.#resting.has(slot)) return;
    if (resting) this.#resting.add(slot);
    else this.#resting.delete(slot);
    this.#link?.send({ type: resting ? "rest" : "wake", slot });
    this.#parts.observer.resting(slot, resting);
  }

  #closed(code: number, reason: string): void {
    this.#link = undefined;
    this.#hostCalls.abandon();
    this.#functions.clear();
    this.#heartbeatTimer?.cancel();
    // The orchestrator hands our jobs to others from here on: going on with them would be work for nobody.
    for (const lane of this.#lanes) lane.abandon();
    this.#becameIdle?.();
    this.#drainEchoed?.();
    if (this.#state !== "working") return;
    const delayMs = this.#hurried ? 0 : this.#parts.backoff.nextMs();
    this.#hurried = false;
    const why = reason || (code === 0 ? "no answer" : `code ${code}`);
    this.#parts.log.warn({ code, reason, delayMs }, `disconnected (${why}); trying again in ${delayMs} ms`);
    this.#parts.observer.link({ kind: "reconnecting", inMs: delayMs, reason: why });
    this.#reconnectTimer = this.#parts.clock.after(delayMs, () => this.#connect());
  }

  #receive(message: OrchestratorMessage): void {
    switch (message.type) {
      case "ack":
        this.#parts.backoff.reset();
        this.#heartbeatMs = message.heartbeat_interval_ms ?? heartbeatDefaultMs;
        this.#beat();
        this.#parts.log.info({ volunteer: message.volunteer_id }, `connected as ${message.volunteer_id}`);
        this.#parts.observer.link({ kind: "connected", volunteerId: message.volunteer_id });
        return;
      case "job":
        this.#take(message);
        return;
      case "cancel":
        for (const lane of this.#lanes) lane.cancel(message.job_id, message.lease);
        return;
      case "function":
        this.#functions.put(message.function_id, message);
        return;
      case "invoke":
        this.#call(message);
        return;
      case "forget":
        this.#functions.delete(message.function_id);
        for (const lane of this.#lanes) lane.forget(message.function_id);
        return;
      case "host_result":
        this.#hostCalls.answered(message);
        return;
      case "drain":
        this.#drainEchoed?.();
        return;
      case "heartbeat":
        return;
    }
  }

  #take(job: JobMessage): void {
    const lane = this.#lanes[job.slot];
    const refused: VolunteerMessage = { type: "return", job_id: job.job_id, lease: job.lease };
    if (lane && this.#state === "working") lane.assign(job);
    else this.#link?.send(refused);
  }

  #call(call: InvokeMessage): void {
    const lane = this.#lanes[call.slot];
    const called = this.#functions.touch(call.function_id);
    if (lane && called && this.#state === "working") lane.call(call, called);
    else this.#link?.send({ type: "return", job_id: call.job_id, lease: call.lease });
  }

  #began(slot: number, assignment: Assignment): void {
    const { id, language, namespace } = assignment;
    const kind = assignment instanceof CallAssignment ? "call" : "job";
    const work: Work = { slot, kind, id, language, namespace, since: this.#parts.clock.now() };
    this.#atWork[slot] = work;
    this.#parts.observer.began(work);
  }

  #ended(slot: number, assignment: Assignment, how: string, stats: CellStats | undefined): void {
    const { id, language, namespace } = assignment;
    const wallMs = stats?.wallMs;
    if (assignment instanceof CallAssignment) {
      this.#parts.log.debug({ call: id, namespace, outcome: how, wallMs }, "a call is over");
    } else {
      this.#parts.log.info({ job: id, language, namespace, outcome: how, wallMs }, "a job is over");
    }
    const work = assignment.begun ? this.#atWork[slot] : undefined;
    if (work) {
      this.#atWork[slot] = undefined;
      this.#parts.observer.ended(work, { outcome: how, wallMs, cpuMs: stats?.cpuMs });
    }
    if (this.#becameIdle && this.#busy === 0) this.#becameIdle();
  }

  /** Says that we live, and ends a link on which nothing was heard for three intervals: it will be made anew. */
  #beat(): void {
    this.#heartbeatTimer?.cancel();
    this.#heartbeatTimer = this.#parts.clock.after(this.#heartbeatMs, () => {
      if (this.#parts.clock.monotonic() - this.#heardAt > 3 * this.#heartbeatMs) {
        this.#link?.close();
        return;
      }
      this.#link?.send({ type: "heartbeat" });
      this.#beat();
    });
  }
}
