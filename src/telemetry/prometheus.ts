import { collectDefaultMetrics, Registry } from "prom-client";
import type { CellFate, CellMeter } from "../meters/cell-meter.ts";
import type { Exposition, HttpAnswer, HttpMeter } from "../meters/http-meter.ts";
import type { CallFinish, JobFinish, JobKind, JobStart, Meter } from "../meters/meter.ts";
import type { CellKind } from "../protocol/languages.ts";
import { languages } from "../protocol/languages.ts";
import type { Clock } from "../stdx/clock.ts";
import { LabelledCounter, LabelledHistogram } from "./figures.ts";
import { NamespaceLabels } from "./namespace-labels.ts";

/** Namespaces with figures of their own, at most. */
const namespacesMax = 50;

/** From a job that is a sum to one that takes its hour. */
const runSeconds = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 3600];
const waitSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120, 600, 3600];
const callSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const httpSeconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60];
const endStates = ["completed", "failed", "cancelled"] as const;
const statusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** Counts and measures what happens, for Prometheus. Every label has few values, whatever strangers do. */
export class PrometheusMeter implements Meter, HttpMeter, CellMeter, Exposition {
  readonly registry = new Registry();
  readonly #namespaces: NamespaceLabels;
  readonly #jobsAccepted: LabelledCounter<["language", "namespace"]>;
  readonly #jobsEnded: LabelledCounter<["state", "language", "namespace"]>;
  readonly #jobFailures: LabelledCounter<["code"]>;
  readonly #queueWait: LabelledHistogram<["language"]>;
  readonly #jobRun: LabelledHistogram<["language"]>;
  readonly #dispatch: LabelledHistogram<["language"]>;
  readonly #calls: LabelledCounter<["status", "language", "namespace"]>;
  readonly #callTime: LabelledHistogram<["language", "start"]>;
  readonly #httpRequests: LabelledCounter<["method", "route", "status"]>;
  readonly #httpTime: LabelledHistogram<["route"]>;
  readonly #cellsStarted: LabelledCounter<["kind"]>;
  readonly #cellsEnded: LabelledCounter<["kind", "reason"]>;

  constructor(clock: Clock) {
    this.#namespaces = new NamespaceLabels(
      namespacesMax,
      () => clock.monotonic(),
      (namespace) => this.#forget(namespace),
    );
    collectDefaultMetrics({ register: this.registry });
    this.#jobsAccepted = this.#counter("jobs_accepted_total", "Jobs that were stored.", [
      "language",
      "namespace",
    ]);
    this.#jobsEnded = this.#counter("jobs_ended_total", "Jobs that have ended, by how.", [
      "state",
      "language",
      "namespace",
    ]);
    this.#jobFailures = this.#counter("job_failures_total", "Jobs that failed, by why.", ["code"]);
    this.#queueWait = this.#histogram(
      "job_queue_wait_seconds",
      "From a job's acceptance to its first turn on a volunteer.",
      ["language"],
      waitSeconds,
    );
    this.#jobRun = this.#histogram(
      "job_run_seconds",
      "From a job's last turn on a volunteer to its end.",
      ["language"],
      runSeconds,
    );
    this.#dispatch = this.#histogram(
      "dispatch_latency_seconds",
      "What a job's turn took beyond the running of its code: the way there and back, and the cell.",
      ["language"],
      callSeconds,
    );
    this.#calls = this.#counter(
      "function_calls_total",
      "Calls of functions, by the class of the answer's status.",
      ["status", "language", "namespace"],
    );
    this.#callTime = this.#histogram(
      "function_call_seconds",
      "From a call's arrival to its end; start is cold where the code had to be loaded.",
      ["language", "start"],
      callSeconds,
    );
    this.#httpRequests = this.#counter("http_requests_total", "Requests answered, by route and status.", [
      "method",
      "route",
      "status",
    ]);
    this.#httpTime = this.#histogram(
      "http_request_seconds",
      "From a request's head to its answer's end.",
      ["route"],
      httpSeconds,
    );
    this.#cellsStarted = this.#counter("cells_started_total", "Sealed processes started on this machine.", [
      "kind",
    ]);
    this.#cellsEnded = this.#counter(
      "cells_ended_total",
      "Sealed processes of this machine that ended, by why.",
      ["kind", "reason"],
    );
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  jobAccepted({ language, namespace }: JobKind): void {
    this.#jobsAccepted.count(language, this.#namespaces.of(namespace));
  }

  jobStarted({ language, waitMs, again }: JobStart): void {
    if (!again) this.#queueWait.measure(waitMs / 1000, language);
  }

  jobEnded({ status, language, namespace, errorCode, runMs, wallMs }: JobFinish): void {
    this.#jobsEnded.count(status, language, this.#namespaces.of(namespace));
    if (errorCode !== undefined) this.#jobFailures.count(errorCode);
    if (runMs === undefined) return;
    this.#jobRun.measure(runMs / 1000, language);
    if (wallMs !== undefined) this.#dispatch.measure(Math.max(0, runMs - wallMs) / 1000, language);
  }

  callEnded({ namespace, language, status, durationMs, cold }: CallFinish): void {
    this.#calls.count(classOf(status), language, this.#namespaces.of(namespace));
    if (cold !== undefined) {
      this.#callTime.measure(durationMs / 1000, language, cold ? "cold" : "warm");
    }
  }

  answered({ method, route, status, durationMs }: HttpAnswer): void {
    this.#httpRequests.count(method, route, `${status}`);
    this.#httpTime.measure(durationMs / 1000, route);
  }

  cellStarted(kind: CellKind): void {
    this.#cellsStarted.count(kind);
  }

  cellEnded(kind: CellKind, reason: CellFate): void {
    this.#cellsEnded.count(kind, reason);
  }

  #forget(namespace: string): void {
    for (const language of languages) {
      this.#jobsAccepted.forget(language, namespace);
      for (const state of endStates) this.#jobsEnded.forget(state, language, namespace);
      for (const status of statusClasses) this.#calls.forget(status, language, namespace);
    }
  }

  #counter<const Labels extends readonly string[]>(
    name: string,
    help: string,
    labelNames: Labels,
  ): LabelledCounter<Labels> {
    return new LabelledCounter(this.registry, { name: `zerverless_${name}`, help, labelNames });
  }

  #histogram<const Labels extends readonly string[]>(
    name: string,
    help: string,
    labelNames: Labels,
    bounds: readonly number[],
  ): LabelledHistogram<Labels> {
    return new LabelledHistogram(this.registry, { name: `zerverless_${name}`, help, labelNames }, bounds);
  }
}

function classOf(status: number): (typeof statusClasses)[number] {
  return statusClasses[Math.floor(status / 100) - 1] ?? "5xx";
}
