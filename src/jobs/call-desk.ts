import type { DatabaseModules } from "../blocks/database-modules.ts";
import type { Invocation, InvocationOutcome, Invoker } from "../functions/invoker.ts";
import type { Revision, RevisionId } from "../functions/revision.ts";
import { mentionsDatabase } from "../protocol/database-use.ts";
import { isJobErrorCode } from "../protocol/errors.ts";
import { functionLimits } from "../protocol/functions.ts";
import type { ErrorMessage, ResponseMessage, VolunteerMessage } from "../protocol/volunteer.ts";
import type { Clock } from "../stdx/clock.ts";
import { getOrInsert } from "../stdx/maps.ts";
import type { Volunteer } from "../volunteers/registry.ts";
import { Call, CalledFunction, handoutsMax, lossesMax } from "./call.ts";
import { fits, hasRoom } from "./call-fit.ts";
import { functionMessageOf, invokeMessageOf } from "./call-messages.ts";
import type { Lane } from "./lane.ts";
import { LaneCalls } from "./lane-calls.ts";

/** How long calls may keep a lane from jobs that wait, and calls of one function from those of others. */
const turnMs = 250;
/** How long calls of a function that has to be loaded wait while there are some for those that are warm in the lane. */
const patienceMs = 250;
/** How many idle or warm lanes a call looks at before it waits. */
const triesMax = 64;
/** Revisions nobody has called for a while are forgotten beyond this many. */
const functionsMax = 10_000;
/** How long past its timeout a call may stay out before its volunteer is not believed any more. */
const overdueMs = 5_000;
/** And how long its slot gets nothing then. */
const overdueRestMs = 10_000;
const callIdPrefix = "call-";

/** What the desk needs of the dispatcher. */
export interface CallDeskParts {
  readonly clock: Clock;
  readonly modules: Pick<DatabaseModules, "mayUse">;
  /** Lanes that have nothing to do, one of each kind; see `IdleLanes.kindsFor`. */
  idleKindsFor(namespace: string): Iterable<Lane>;
  /** Every lane of every volunteer. */
  lanes(): Iterable<Lane>;
  /** Whether jobs wait. */
  jobsWait(): boolean;
  /** The lane is taken, and no longer idle. */
  unlist(lane: Lane): void;
  /** The lane is free for jobs. */
  release(lane: Lane): void;
}

/**
 * Hands calls of functions to the lanes that jobs use too. A call goes to a lane where its revision is warm and free,
 * else to a free one that has to load it, else behind a short call in a warm lane, else it waits. Nothing of it is stored.
 */
export class CallDesk implements Invoker {
  readonly #parts: CallDeskParts;
  readonly #functions = new Map<RevisionId, CalledFunction>();
  readonly #calls = new Map<string, Call>();
  /** Functions that calls wait for; the one whose turn is next comes first. */
  readonly #backlog = new Set<CalledFunction>();
  readonly #lanes = new Map<Lane, LaneCalls>();
  #waiting = 0;
  #nextId = 1;
  #nextLease = 1;

  constructor(parts: CallDeskParts) {
    this.#parts = parts;
  }

  /** Whether this names a call rather than a job. */
  static isCallId(id: string): boolean {
    return id.startsWith(callIdPrefix);
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** How many calls were let in and are not over. */
  get size(): number {
    return this.#waiting + this.#calls.size;
  }

  /** Ends every call that is not over. */
  stop(): void {
    for (const { waiting } of this.#functions.values()) {
      for (let call = waiting.popFront(); call; call = waiting.popFront())
        this.#end(call, { kind: "stopped" });
    }
    this.#waiting = 0;
    for (const call of this.#calls.values()) this.#end(call, { kind: "stopped" });
  }

  invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const nowMs = this.#parts.clock.monotonic();
    const called = this.#functionOf(invocation.revision);
    const call = new Call(`${callIdPrefix}${this.#nextId++}`, invocation, called, nowMs);
    this.#place(call, nowMs);
    invocation.signal?.addEventListener("abort", () => this.#giveUp(call), { once: true });
    return call.outcome;
  }

  retire(id: RevisionId, withinMs: number): Promise<void> {
    const called = this.#functions.get(id);
    if (!called) return Promise.resolve();
    this.#functions.delete(id);
    called.retired = true;
    this.#backlog.delete(called);
    for (const call of called.waiting) {
      if (call.ended) continue;
      this.#waiting--;
      call.end({ kind: "retired" });
    }
    for (const lane of called.warm) {
      if (lane.volunteer.functions.delete(id))
        lane.volunteer.session.send({ type: "forget", function_id: id });
      this.#lanes.get(lane)?.forget(called);
    }
    called.warm.clear();
    if (called.out === 0) return Promise.resolve();
    const quiet = Promise.withResolvers<void>();
    const late = this.#parts.clock.after(withinMs, quiet.resolve);
    called.onQuiet = quiet.resolve;
    return quiet.promise.finally(() => late.cancel());
  }

  /**
   * The lane is free, or may take more: gives it calls that wait.
   * @param nowMs when that is known already (monotonic)
   * @returns false when there was none for it
   */
  feed(lane: Lane, nowMs?: number): boolean {
    if (this.#waiting === 0 || lane.leases.length > 0) return false;
    return this.#feed(lane, nowMs ?? this.#parts.clock.monotonic());
  }

  #feed(lane: Lane, nowMs: number): boolean {
    if (!lane.isOpen(nowMs)) return false;
    const head = this.#lanes.get(lane)?.head;
    if (head) return !this.#isTurnOver(lane, head.called, nowMs) && this.#fill(lane, head.called, nowMs);
    if (this.#isJobsTurn(lane, nowMs)) return false;
    for (let called = this.#next(lane, nowMs); called; called = this.#next(lane, nowMs)) {
      // The next time others are looked at first.
      this.#backlog.delete(called);
      const filled = this.#fill(lane, called, nowMs);
      if (called.waiting.size > 0) this.#backlog.add(called);
      if (filled) return true;
    }
    return false;
  }

  /**
   * What a volunteer says of a call.
   * @returns false when no call ever had this id, so that the volunteer has no business to speak of it
   */
  take(volunteer: Volunteer, message: Extract<VolunteerMessage, { job_id: string }>): boolean {
    const call = this.#calls.get(message.job_id);
    const lane = call?.lane;
    // What comes late, or on a lease that is over, is dropped.
    if (!call || lane?.volunteer !== volunteer || call.lease !== message.lease)
      return this.#wasGiven(message.job_id);
    const nowMs = this.#parts.clock.monotonic();
    if (message.type === "return") {
      this.#letGo(call, lane, nowMs);
      this.#again(call, nowMs);
    } else if (message.type === "error" && message.code === "volunteer_error") {
      this.#lost(call, lane, nowMs);
    } else if (message.type === "error" || message.type === "response") {
      this.#answered(call, lane, message, nowMs);
    } else {
      return true;
    }
    this.#freed(lane, nowMs);
    return true;
  }

  /** A call that this volunteer holds. */
  heldBy(volunteer: Volunteer, id: string, lease: number): Call | undefined {
    const call = this.#calls.get(id);
    return call?.lane?.volunteer === volunteer && call.lease === lease ? call : undefined;
  }

  /** The volunteer of this lane is gone. */
  closed(lane: Lane): void {
    const closing = this.#lanes.get(lane);
    if (!closing) return;
    closing.close();
    const nowMs = this.#parts.clock.monotonic();
    for (const call of closing.calls) this.#lost(call, lane, nowMs);
    this.#lanes.delete(lane);
  }

  /** Ends what waited too long, and what a volunteer holds for too long. Called every now and then. */
  sweep(): void {
    const nowMs = this.#parts.clock.monotonic();
    for (const called of this.#functions.values()) {
      for (let call = called.waiting.at(0); call?.hasWaitedTooLong(nowMs); call = called.waiting.at(0)) {
        called.waiting.popFront();
        if (call.ended) continue;
        this.#waiting--;
        this.#end(call, { kind: "busy" });
      }
    }
    for (const call of this.#calls.values()) this.#endIfOverdue(call, nowMs);
    for (const [id, called] of this.#functions) {
      if (this.#functions.size <= functionsMax) break;
      if (called.isIdle) this.#functions.delete(id);
    }
  }

  /** The function whose calls this lane should have next: in turn, but first those that are warm in it, within reason. */
  #next(lane: Lane, nowMs: number): CalledFunction | undefined {
    let next: CalledFunction | undefined;
    for (const called of this.#backlog) {
      const waitsSince = called.waiting.at(0)?.arrivedAt;
      if (waitsSince === undefined) this.#backlog.delete(called);
      else if (!fits(lane, called)) continue;
      else if (called.warm.has(lane)) return called;
      else if (!next && nowMs - waitsSince >= patienceMs) return called;
      else next ??= called;
    }
    return next;
  }

  #functionOf(revision: Revision): CalledFunction {
    return getOrInsert(this.#functions, revision.id, () => this.#calledFunction(revision));
  }

  #calledFunction(revision: Revision): CalledFunction {
    const { wasmCid, code = "" } = revision;
    const uses = wasmCid === undefined ? mentionsDatabase(code) : this.#parts.modules.mayUse(wasmCid);
    return new CalledFunction(revision, uses);
  }

  #place(call: Call, nowMs: number): void {
    const lane = this.#choose(call, nowMs);
    if (lane) this.#hand(call, lane, nowMs);
    else this.#wait(call);
  }

  #choose(call: Call, nowMs: number): Lane | undefined {
    const { called } = call;
    if (called.waiting.size > 0) return undefined;
    let behind: Lane | undefined;
    let tries = 0;
    for (const lane of called.warm) {
      if (++tries > triesMax) break;
      if (lane.leases.length > 0 || !lane.isOpen(nowMs) || this.#isJobsTurn(lane, nowMs)) continue;
      if (lane.callsHeld === 0) return lane;
      const same = this.#lanes.get(lane)?.head?.called === called;
      const mayJoin = same && hasRoom(lane, call) && !this.#isTurnOver(lane, called, nowMs);
      if (mayJoin && lane.callsHeld < (behind?.callsHeld ?? called.depth)) behind = lane;
    }
    return this.#freeLane(call) ?? behind;
  }

  #freeLane({ called, namespace }: Call): Lane | undefined {
    for (const lane of this.#parts.idleKindsFor(namespace)) if (fits(lane, called)) return lane;
    return undefined;
  }

  #wait(call: Call): void {
    if (!this.#somebodyFits(call.called)) {
      call.end({ kind: "no_volunteer" });
    } else if (this.#waiting >= functionLimits.waitingMax) {
      call.end({ kind: "busy" });
    } else {
      this.#waiting++;
      call.called.waiting.pushBack(call);
      this.#backlog.add(call.called);
    }
  }

  #somebodyFits(called: CalledFunction): boolean {
    for (const lane of this.#parts.lanes()) {
      if (!lane.retired && !lane.volunteer.draining && fits(lane, called)) return true;
    }
    return false;
  }

  /** Sends the lane as many of the waiting calls as it may hold. */
  #fill(lane: Lane, called: CalledFunction, nowMs: number): boolean {
    let any = false;
    while (lane.callsHeld < (lane.callsHeld > 0 ? called.depth : 1)) {
      const call = called.waiting.at(0);
      if (!call || !(call.ended || hasRoom(lane, call))) break;
      called.waiting.popFront();
      if (call.ended) continue;
      this.#waiting--;
      this.#hand(call, lane, nowMs);
      any = true;
    }
    return any;
  }

  #hand(call: Call, lane: Lane, nowMs: number): void {
    const { volunteer } = lane;
    const { called } = call;
    const { revision } = called;
    this.#parts.unlist(lane);
    getOrInsert(this.#lanes, lane, () => new LaneCalls(lane)).add(call, nowMs);
    called.out++;
    call.lane = lane;
    call.lease = this.#nextLease++;
    call.handouts++;
    this.#calls.set(call.id, call);
    if (!volunteer.functions.touch(revision.id)) {
      volunteer.functions.put(revision.id, revision.id);
      volunteer.session.send(functionMessageOf(revision));
    }
    volunteer.session.send(invokeMessageOf(call, lane.slot));
  }

  #wasGiven(id: string): boolean {
    const number = Number(id.slice(callIdPrefix.length));
    return Number.isInteger(number) && number > 0 && number < this.#nextId;
  }

  #answered(call: Call, lane: Lane, message: ResponseMessage | ErrorMessage, nowMs: number): void {
    const { volunteer } = lane;
    const trace = call.trace(message, volunteer.id, nowMs);
    volunteer.worked(call.language, nowMs - (call.turnAt ?? nowMs), message.stats?.wall_ms);
    if (message.type === "response") volunteer.callsCompleted++;
    else volunteer.callsFailed++;
    if (message.stats?.wall_ms !== undefined && !trace.cold) call.called.ran(message.stats.wall_ms);
    this.#letGo(call, lane, nowMs);
    if (message.type === "response") {
      this.#end(call, { kind: "answered", responseJson: message.response_json, trace });
    } else {
      const code = message.code !== undefined && isJobErrorCode(message.code) ? message.code : "guest_error";
      this.#end(call, { kind: "failed", code, message: message.error, trace });
    }
  }

  #letGo(call: Call, lane: Lane, nowMs: number): void {
    this.#lanes.get(lane)?.remove(call, nowMs);
    call.lane = undefined;
    this.#calls.delete(call.id);
    if (--call.called.out === 0) call.called.onQuiet?.();
  }

  /** After a call has left the lane: more of them, or jobs. */
  #freed(lane: Lane, nowMs: number): void {
    if (!this.feed(lane, nowMs) && lane.callsHeld === 0) this.#parts.release(lane);
  }

  #lost(call: Call, lane: Lane, nowMs: number): void {
    this.#letGo(call, lane, nowMs);
    call.losses++;
    if (call.invocation.repeatable && call.losses <= lossesMax) this.#again(call, nowMs);
    else this.#end(call, { kind: "lost" });
  }

  #again(call: Call, nowMs: number): void {
    if (call.ended) return;
    call.turnAt = undefined;
    if (call.called.retired) call.end({ kind: "retired" });
    else if (call.handouts >= handoutsMax) call.end({ kind: "lost" });
    else this.#place(call, nowMs);
  }

  #giveUp(call: Call): void {
    if (call.ended) return;
    // A call that is out runs to its end, since only killing its instance could stop it; nobody hears of it.
    if (!call.lane) {
      this.#waiting--;
      call.called.waiting.filter((other) => other !== call);
    }
    call.end({ kind: "given_up" });
  }

  #end(call: Call, outcome: InvocationOutcome): void {
    if (!call.ended) call.end(outcome);
  }

  #endIfOverdue(call: Call, nowMs: number): void {
    const { lane, turnAt, invocation } = call;
    if (!lane || turnAt === undefined) return;
    if (nowMs - turnAt < lane.outMsMax(invocation.revision.timeoutMs) + overdueMs) return;
    lane.volunteer.session.send({ type: "cancel", job_id: call.id, lease: call.lease });
    this.#letGo(call, lane, nowMs);
    this.#end(call, { kind: "lost" });
    // Whoever holds one call for ever is not to hold those behind it, nor to get more for a while.
    lane.rest(nowMs, overdueRestMs);
    for (const waiting of this.#lanes.get(lane)?.calls ?? []) {
      this.#letGo(waiting, lane, nowMs);
      this.#again(waiting, nowMs);
    }
    this.#freed(lane, nowMs);
  }

  /** One function has had the lane for long, and others or jobs wait. */
  #isTurnOver(lane: Lane, called: CalledFunction, nowMs: number): boolean {
    if (this.#isJobsTurn(lane, nowMs)) return true;
    const othersWait = this.#waiting > called.waiting.size;
    return othersWait && (this.#lanes.get(lane)?.rowMs(nowMs) ?? 0) >= turnMs;
  }

  /** Calls have had the lane for long, and jobs wait for it. */
  #isJobsTurn({ callsSince }: Lane, nowMs: number): boolean {
    return callsSince !== undefined && this.#parts.jobsWait() && nowMs - callsSince >= turnMs;
  }
}
