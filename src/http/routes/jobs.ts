import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Caller, demand, lacking, revoked, sightOf } from "../../access/caller.ts";
import type { Gate } from "../../access/gate.ts";
import type { JobService, SubmitOptions, Submitted } from "../../jobs/service.ts";
import { jobView } from "../../jobs/view.ts";
import { refuse } from "../../protocol/errors.ts";
import { jobListQuerySchema, jobSubmissionsSchema, waitQuerySchema } from "../../protocol/job.ts";
import { limits } from "../../protocol/limits.ts";
import { defaultNamespace } from "../../protocol/namespace-names.ts";
import { canonicalJson } from "../../stdx/canonical-json.ts";
import type { Log } from "../../stdx/log.ts";
import { expectJob } from "../access/expect-job.ts";
import { access } from "../access/route-access.ts";
import { jobDetailJson, jobListJson } from "../job-json.ts";
import { idParams } from "../params.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface JobRoutesParts {
  readonly jobs: JobService;
  readonly stopping: AbortSignal;
  readonly gate: Gate;
  readonly log: Log;
}

const jsonType = "application/json; charset=utf-8";

/** Submitting, reading, listing and cancelling jobs. */
export function jobRoutes(app: HttpApp, parts: JobRoutesParts): void {
  const { jobs, log } = parts;
  app.post(
    "/api/jobs",
    {
      schema: { body: jobSubmissionsSchema, querystring: waitQuerySchema },
      config: { access: access.writeSome },
    },
    async (request, reply) => {
      const { body, query, headers, caller } = request;
      const many = Array.isArray(body);
      for (const { namespace } of many ? body : [body])
        demand(caller, "write", namespace ?? defaultNamespace);
      if (many && query.wait !== undefined) {
        throw refuse(
          "invalid_request",
          "wait goes with one job: submit the array without it and watch /api/events.",
        );
      }
      const submitted = await jobs.submit(many ? body : [body], {
        ...idempotencyOf(headers["idempotency-key"], body, caller),
        trace: request.trace,
      });
      noteSubmission(request, submitted);
      log.debug(
        { request: request.id, jobs: submitted.jobs.map(({ spec }) => spec.id) },
        "jobs were submitted",
      );
      if (submitted.replayed) reply.header("idempotency-replayed", "true");
      reply.code(201);
      const [first] = submitted.jobs;
      if (many || !first) return { jobs: submitted.jobs.map(jobView) };
      reply.header("location", `/api/jobs/${first.spec.id}`);
      if (query.wait === undefined) return jobView(first);
      return sendWhenEnded(parts, caller, reply, first.spec.id, query.wait);
    },
  );

  app.get(
    "/api/jobs",
    { schema: { querystring: jobListQuerySchema }, config: { access: access.readSome } },
    async ({ query, caller }, reply) => {
      const { status, namespace, job_type: language, limit, offset } = query;
      if (namespace !== undefined) demand(caller, "read", namespace);
      const page = await jobs.list({ status, namespace, language, limit, offset }, sightOf(caller));
      return reply.type(jsonType).send(jobListJson(page, limit, offset));
    },
  );

  app.get(
    "/api/jobs/:id",
    { schema: { params: idParams, querystring: waitQuerySchema }, config: { access: access.readSome } },
    async ({ params, query, caller }, reply) => {
      await expectJob(jobs, caller, "read", params.id);
      if (query.wait !== undefined) return sendWhenEnded(parts, caller, reply, params.id, query.wait);
      return reply.type(jsonType).send(jobDetailJson(await jobs.whole(params.id)));
    },
  );

  app.delete(
    "/api/jobs/:id",
    { schema: { params: idParams }, config: { access: access.writeSome } },
    async (request, reply) => {
      const { params, caller } = request;
      await expectJob(jobs, caller, "write", params.id);
      const { namespace } = (await jobs.get(params.id)).spec;
      await jobs.cancel(params.id);
      request.noteChange({ namespaces: [namespace] }, 204);
      return reply.code(204).send();
    },
  );
}

/** Running again what was submitted before. */
export function rerunRoutes(app: HttpApp, { jobs, log }: Pick<JobRoutesParts, "jobs" | "log">): void {
  app.post(
    "/api/jobs/:id/rerun",
    { schema: { params: idParams }, config: { access: access.writeSome } },
    async (request, reply) => {
      const { params, headers, caller } = request;
      await expectJob(jobs, caller, "write", params.id);
      const idempotency = idempotencyOf(headers["idempotency-key"], { rerun: params.id }, caller);
      const submitted = await jobs.rerun(params.id, idempotency);
      noteSubmission(request, submitted);
      const {
        jobs: [job],
        replayed,
      } = submitted;
      if (!job) throw new Error("One job was submitted, and none came of it.");
      log.debug({ request: request.id, jobs: [job.spec.id] }, "a job was submitted again");
      if (replayed) reply.header("idempotency-replayed", "true");
      return reply.code(201).header("location", `/api/jobs/${job.spec.id}`).send(jobView(job));
    },
  );
}

/** A repetition of what was submitted before changes nothing. */
function noteSubmission(request: FastifyRequest, { jobs, replayed }: Submitted): void {
  if (replayed) {
    request.notedAs = 201;
    return;
  }
  const [first, ...others] = jobs;
  const namespaces = first ? [first.spec.namespace] : [];
  for (const { spec } of others) if (!namespaces.includes(spec.namespace)) namespaces.push(spec.namespace);
  request.noteChange({ namespaces, made: first?.spec.id, count: jobs.length }, 201);
}

/** Answers with the job once it has ended, or as it stands when the time is up, the client gone or we are stopping. */
async function sendWhenEnded(
  { jobs, stopping, gate }: Pick<JobRoutesParts, "jobs" | "stopping" | "gate">,
  { token }: Caller,
  reply: FastifyReply,
  id: string,
  waitSeconds: number,
): Promise<FastifyReply> {
  const giveUp = new AbortController();
  const abort = () => giveUp.abort();
  reply.raw.once("close", abort);
  stopping.addEventListener("abort", abort, { once: true });
  if (stopping.aborted) abort();
  const letGo = token && gate.tokens.onEnd(token, abort);
  try {
    const whole = await jobs.waitForEnd(id, waitSeconds * 1000, giveUp.signal);
    if (token && !gate.tokens.isInForce(token)) throw lacking(revoked, "");
    return reply.type(jsonType).send(jobDetailJson(whole));
  } finally {
    letGo?.();
    reply.raw.off("close", abort);
    stopping.removeEventListener("abort", abort);
  }
}

function idempotencyOf(
  header: string | string[] | undefined,
  body: unknown,
  { token }: Caller,
): SubmitOptions {
  if (header === undefined) return {};
  const key = typeof header === "string" ? header : header.join(", ");
  if (key === "" || key.length > limits.idempotencyKeyBytesMax || !/^[\x20-\x7e]+$/.test(key)) {
    throw refuse(
      "invalid_request",
      `Idempotency-Key must be 1 to ${limits.idempotencyKeyBytesMax} printable ASCII characters.`,
    );
  }
  // Each token has its own keys, so that nobody can learn of another's or spoil them.
  const whose = token ? `${token.record.id} ` : "";
  return { idempotency: { key: whose + key, bodyHash: hash("sha256", canonicalJson(body)) } };
}
