import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { KvService } from "../../namespaces/kv-service.ts";
import type { KvCondition, KvEntry, KvResult } from "../../namespaces/kv-store.ts";
import { type HttpErrorCode, httpStatusOf, refuse } from "../../protocol/errors.ts";
import { describeIssues } from "../../protocol/issues.ts";
import { kvBatchSchema, kvListQuerySchema, kvPutSchema } from "../../protocol/kv.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { itemTexts, memberText } from "../../stdx/json-text.ts";
import { access } from "../access/route-access.ts";
import { matchesEtag, versionOf } from "../etags.ts";
import { type JsonBody, readJsonBody, takeJson } from "../json-body.ts";
import { restOfPath } from "../rest-of-path.ts";
import type { HttpApp } from "../zod-provider.ts";

const jsonType = "application/json; charset=utf-8";
const params = z.object({ namespace: namespaceSchema });
const noQuery = z.strictObject({});

/** Each namespace's database. Values are pasted into answers as their authors wrote them. */
export function databaseRoutes(root: HttpApp, { kv }: { readonly kv: KvService }): void {
  void root.register(async (app: HttpApp) => {
    takeJson(app, readJsonBody);

    const list = async (namespace: string, query: unknown, reply: FastifyReply) => {
      const { prefix, limit, cursor } = read(kvListQuerySchema, query, queryWords);
      const page = await kv.list(namespace, { prefix, limit, cursor });
      return reply.send({ keys: page.keys, count: page.keys.length, cursor: page.cursor });
    };

    app.get(
      "/api/db/:namespace",
      { schema: { params }, config: { access: access.read() } },
      ({ params, query }, reply) => list(params.namespace, query, reply),
    );

    app.get(
      "/api/db/:namespace/*",
      { schema: { params }, config: { access: access.read() } },
      async (request, reply) => {
        const { namespace } = request.params;
        const key = keyOf(request);
        if (key === "") return list(namespace, request.query, reply);
        read(noQuery, request.query, queryWords);
        const entry = await kv.get(namespace, key);
        reply.header("cache-control", "no-store").type(jsonType);
        if (!entry) return sendMissing(reply, key);
        const etag = etagOf(entry.version);
        reply.header("etag", etag);
        if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
        return reply.send(`{${entryMembers(entry)}}`);
      },
    );

    app.put(
      "/api/db/:namespace/*",
      { schema: { params, querystring: noQuery }, config: { access: access.write() } },
      async (request, reply) => {
        const body = bodyOf(request);
        const { ttl } = read(kvPutSchema, body.value, bodyWords);
        const valueJson = memberText(body.text, "value");
        if (valueJson === undefined) throw new Error("A body with a value has no text of it.");
        const key = keyOf(request);
        const condition = conditionOf(request);
        const result = await kv.set(request.params.namespace, key, valueJson, { ttl, condition });
        return reply
          .code(result.created ? 201 : 200)
          .header("etag", etagOf(result.version))
          .send({ key, version: result.version, exists: true });
      },
    );

    app.delete(
      "/api/db/:namespace/*",
      { schema: { params, querystring: noQuery }, config: { access: access.write() } },
      async (request, reply) => {
        const key = keyOf(request);
        const { deleted } = await kv.delete(request.params.namespace, key, conditionOf(request));
        return deleted ? reply.code(204).send() : sendMissing(reply.type(jsonType), key);
      },
    );

    const batch = async (request: FastifyRequest, namespace: string, reply: FastifyReply) => {
      const body = bodyOf(request);
      const { ops } = read(kvBatchSchema, body.value, bodyWords);
      const texts = itemTexts(memberText(body.text, "ops") ?? body.text);
      const values = texts.map((text) => memberText(text, "value"));
      const results = await kv.batch(namespace, ops, values);
      const answers = results.map((result, index) => resultJson(ops[index]?.key ?? "", result));
      return reply.type(jsonType).send(`{"results":[${answers.join(",")}]}`);
    };

    app.post(
      "/api/db/:namespace",
      { schema: { params, querystring: noQuery }, config: { access: access.write() } },
      (request, reply) => batch(request, request.params.namespace, reply),
    );

    app.post(
      "/api/db/:namespace/*",
      { schema: { params, querystring: noQuery }, config: { access: access.write() } },
      async (request, reply) => {
        if (keyOf(request) === "") return batch(request, request.params.namespace, reply);
        reply.header("allow", "GET, HEAD, PUT, DELETE");
        throw refuse("method_not_allowed", "A key takes GET, PUT and DELETE; batches go to the namespace.");
      },
    );
  });
}

const bodyWords = { whole: "the body", part: "field" };
const queryWords = { whole: "the query", part: "parameter" };

function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  words: typeof bodyWords,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refuse("invalid_request", describeIssues(result.error, words));
}

/** What `readJsonBody` made of it; a request without one has none. */
function bodyOf({ body }: FastifyRequest): JsonBody {
  if (isJsonBody(body)) return body;
  throw refuse("invalid_json", "The body is empty; send JSON.");
}

function isJsonBody(body: unknown): body is JsonBody {
  return typeof body === "object" && body !== null && "text" in body && "value" in body;
}

/** `/api/db/{namespace}/{key}`: whatever follows the third segment. */
function keyOf({ raw }: FastifyRequest): string {
  return restOfPath(raw.url ?? "", 3) ?? "";
}

function conditionOf({ headers }: FastifyRequest): KvCondition | undefined {
  const match = headers["if-match"];
  const noneMatch = headers["if-none-match"];
  if (match !== undefined && noneMatch !== undefined) {
    throw refuse("invalid_request", "If-Match and If-None-Match cannot both be given.");
  }
  if (match !== undefined) return versionOf(match);
  if (noneMatch === undefined) return undefined;
  if (noneMatch.trim() === "*") return 0;
  throw refuse("invalid_request", "If-None-Match must be * for a write.");
}

const etagOf = (version: number) => `"${version}"`;

/** The members that tell of an entry, as JSON text. */
function entryMembers({ key, valueJson, version, expiresAt }: KvEntry): string {
  const expiry = expiresAt === undefined ? "" : `,"expires_at":"${new Date(expiresAt).toISOString()}"`;
  return `"key":${JSON.stringify(key)},"value":${valueJson},"exists":true,"version":${version}${expiry}`;
}

function resultJson(key: string, result: KvResult): string {
  if (result.op === "get" && result.entry) return `{"op":"get",${entryMembers(result.entry)}}`;
  if (result.op === "get") return JSON.stringify({ op: "get", key, exists: false });
  const { op, ...rest } = result;
  return JSON.stringify({ op, key, ...rest });
}

function sendMissing(reply: FastifyReply, key: string): FastifyReply {
  const code: HttpErrorCode = "key_not_found";
  return reply.code(httpStatusOf(code)).send({ error: "The key has no value.", code, key, exists: false });
}
