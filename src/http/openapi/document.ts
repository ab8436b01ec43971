import { z } from "zod";
import { errorRegistry, type HttpErrorCode, httpStatusOf } from "../../protocol/errors.ts";
import { problemSchema } from "../../protocol/problem.ts";
import type { DeclaredRoute, RouteAccess } from "../access/route-access.ts";
import { Components, type JsonSchema } from "./components.ts";
import { bodyExamples } from "./examples.ts";
import { type Answer, type BodyOfBytes, type Operation, type Operations, tags } from "./operation.ts";

/** What every route may answer, whatever it does. */
const generalCodes: readonly HttpErrorCode[] = [
  "forbidden_origin",
  "invalid_request",
  "request_timeout",
  "rate_limited",
  "headers_too_large",
  "internal",
  "shutting_down",
];
const bodyCodes: readonly HttpErrorCode[] = ["invalid_json", "payload_too_large", "unsupported_media_type"];
/** What Node's own server answers before any route is asked. */
const expectationFailed: Answer = { says: "An `Expect` header asks for something other than `100-continue`" };
const lockedCodes: readonly HttpErrorCode[] = ["unauthorized", "forbidden"];

export interface Described {
  readonly version: string;
  readonly routes: readonly DeclaredRoute[];
  readonly operations: Operations;
}

/** The description of the API as OpenAPI 3.1, made of the routes' own schemas: https://spec.openapis.org/oas/v3.1.1 */
export function openApiDocument({ version, routes, operations }: Described): JsonSchema {
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of routes) {
    // Answered as GET is, without the body.
    if (route.method === "HEAD") continue;
    const operation = operations[`${route.method} ${route.url}`];
    if (!operation) throw new Error(`${route.method} ${route.url} is not described in src/http/openapi/.`);
    const path = pathOf(route.url);
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operationObject(route, operation, components);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Zerverless",
      version,
      summary: "Volunteer-powered compute",
      description:
        "Functions themselves answer at `/{namespace}/{path}`, with any method; what they answer is their own.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components.all(),
      securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "zv_…" } },
    },
  };
}

/** `/api/jobs/:id/*` is written as `/api/jobs/{id}/{path}`. */
export function pathOf(url: string): string {
  const rest = url.startsWith("/api/db/") ? "{key}" : "{path}";
  return url.replace(/:(\w+)/g, "{$1}").replace("*", rest);
}

function operationObject(route: DeclaredRoute, operation: Operation, components: Components): JsonSchema {
  const { tag, summary, says, body = route.schema?.body, answers, codes = [] } = operation;
  const locked = route.access.to !== "everybody";
  const refusals = [
    ...generalCodes,
    // A body that nobody needs is read all the same.
    ...(route.method === "GET" ? [] : bodyCodes),
    ...(/[:*]/.test(route.url) ? (["not_found"] as const) : []),
    ...(locked ? lockedCodes : []),
    ...codes,
  ];
  return {
    operationId: operationId(route),
    tags: [tag],
    summary,
    description: [says, accessSentence(route.access)].filter((text) => text !== undefined).join("\n\n"),
    parameters: parametersOf(route, operation, components),
    ...(body !== undefined && { requestBody: requestBodyOf(route, body, components) }),
    responses: responsesOf(answers, refusals, components),
    security: locked ? [{ token: [] }] : [],
  };
}

function operationId({ method, url }: DeclaredRoute): string {
  const words = `${method.toLowerCase()} ${url}`.match(/\w+|\*/g) ?? [];
  return words.map((word) => (word === "*" ? "path" : word)).join("_");
}

function accessSentence(access: RouteAccess): string | undefined {
  switch (access.to) {
    case "everybody":
      return undefined;
    case "token":
      return "Needs a token, where tokens are asked for.";
    case "admin":
      return "Needs the scope `admin`, where tokens are asked for.";
    case "namespace":
    case "some":
      return `Needs the scope \`${access.verb}:NAMESPACE\`, where tokens are asked for.`;
  }
}

function parametersOf(route: DeclaredRoute, operation: Operation, components: Components): JsonSchema[] {
  const { query = route.schema?.querystring, headers = {} } = operation;
  const inPath = [...pathOf(route.url).matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...((name === "path" || name === "key") && { description: "May hold slashes." }),
    schema: { type: "string" },
  }));
  const inHeaders = Object.entries(headers).map(([name, description]) => ({
    name,
    in: "header",
    description,
    schema: { type: "string" },
  }));
  return [...inPath, ...queryParameters(query, components), ...inHeaders];
}

function queryParameters(query: unknown, components: Components): JsonSchema[] {
  if (!(query instanceof z.ZodObject)) return [];
  const { properties = {}, required = [] } = components.schemaOf(query, "input") as {
    properties?: Readonly<Record<string, JsonSchema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    ...(description !== undefined && { description }),
    required: required.includes(name),
    schema,
  }));
}

function requestBodyOf({ method, url }: DeclaredRoute, body: unknown, components: Components): JsonSchema {
  if (isBytes(body)) return { description: body.says, required: true, content: { [body.media]: {} } };
  if (!(body instanceof z.ZodType)) throw new TypeError("A route's body has no shape.");
  const examples = Object.entries(bodyExamples[`${method} ${url}`] ?? {}).map(([name, value]) => [
    name,
    { value },
  ]);
  return {
    required: true,
    content: {
      "application/json": {
        schema: components.schemaOf(body, "input"),
        ...(examples.length > 0 && { examples: Object.fromEntries(examples) }),
      },
    },
  };
}

function isBytes(body: unknown): body is BodyOfBytes {
  return typeof body === "object" && body !== null && "media" in body;
}

function responsesOf(
  answers: Readonly<Record<number, Answer>>,
  codes: readonly HttpErrorCode[],
  components: Components,
): Record<string, JsonSchema> {
  const responses: Record<string, JsonSchema> = {};
  for (const [status, answer] of Object.entries({ ...answers, 417: expectationFailed }))
    responses[status] = responseOf(answer, components);
  const problem = { schema: components.schemaOf(problemSchema, "output") };
  for (const [status, known] of Map.groupBy(new Set(codes), httpStatusOf)) {
    const says = known.map((code) => `\`${code}\`: ${errorRegistry[code].summary}`).join("\n\n");
    const answer = responses[status];
    const content = answer?.content as Readonly<Record<string, { schema?: JsonSchema }>> | undefined;
    const own = content?.["application/json"]?.schema;
    const either = own ? { schema: { anyOf: [own, problem.schema] } } : problem;
    const described = answer === undefined ? says : `${String(answer.description)}\n\n${says}`;
    responses[status] = {
      ...answer,
      description: described,
      content: { ...content, "application/json": either },
    };
  }
  return responses;
}

function responseOf({ says, schema, media, headers }: Answer, components: Components): JsonSchema {
  const content = {
    ...(schema && { "application/json": { schema: components.schemaOf(schema, "output") } }),
    ...(media !== undefined && { [media === "*" ? "*/*" : media]: {} }),
  };
  return {
    description: says,
    ...(Object.keys(content).length > 0 && { content }),
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, description]) => [
          name,
          { description, schema: { type: "string" } },
        ]),
      ),
    }),
  };
}
