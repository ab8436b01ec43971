import type { JsonSchema, Media, Operation, Parameter, Schemas } from "./description.ts";

/** Deeper than any shape of the API; what holds itself ends here. */
const depthMax = 8;

/** A value of a shape, for those who read better by example. Members that may be absent are left out. */
export function sampleOf(schema: JsonSchema, schemas: Schemas, depth = 0): unknown {
  if (depth > depthMax) return null;
  const next = (inner: JsonSchema) => sampleOf(inner, schemas, depth + 1);
  if (schema.$ref !== undefined) return next(schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  const [branch] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (branch) return next(branch);
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  switch (type) {
    case "object": {
      const { properties = {}, required = [] } = schema;
      return Object.fromEntries(required.map((name) => [name, next(properties[name] ?? {})]));
    }
    case "array":
      return schema.items ? [next(schema.items)] : [];
    case "integer":
    case "number":
      return Math.max(0, schema.minimum ?? schema.exclusiveMinimum ?? 0);
    case "boolean":
      return true;
    case "string":
      return schema.format === "date-time" ? "2026-01-01T12:00:00.000Z" : "…";
    default:
      return null;
  }
}

export interface NamedSample {
  readonly name: string;
  readonly value: unknown;
}

/** The examples of a body that the description gives, or else one made of its shape. */
export function samplesOf({ schema, examples }: Media, schemas: Schemas): NamedSample[] {
  const given = Object.entries(examples ?? {}).map(([name, { value }]) => ({ name, value }));
  if (given.length > 0) return given;
  return schema ? [{ name: "Example", value: sampleOf(schema, schemas) }] : [];
}

/** In a shell, within single quotes. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function valueFor({ name, example }: Parameter): string {
  return example === undefined ? name.toUpperCase() : String(example);
}

export interface CurlOptions {
  readonly origin: string;
  readonly body: unknown;
  readonly withToken: boolean;
}

/** The request as a command. What a reader must fill in is in capitals. */
export function curlOf(operation: Operation, { origin, body, withToken }: CurlOptions): string {
  const { method, path, parameters = [], requestBody, security = [] } = operation;
  const given = (place: Parameter["in"]) =>
    parameters.filter((parameter) => parameter.in === place && (parameter.required || parameter.example));
  const filled = given("path").reduce(
    (text, parameter) => text.replace(`{${parameter.name}}`, valueFor(parameter)),
    path,
  );
  const query = given("query").map(
    (parameter) => `${parameter.name}=${encodeURIComponent(valueFor(parameter))}`,
  );
  const url = `${origin}${filled}${query.length > 0 ? `?${query.join("&")}` : ""}`;
  const media = Object.keys(requestBody?.content ?? {})[0];
  const parts = [
    `curl${method === "GET" ? "" : ` -X ${method}`} ${/[?&*]/.test(url) ? `"${url}"` : url}`,
    withToken && security.length > 0 && '-H "Authorization: Bearer $ZERVERLESS_TOKEN"',
    ...given("header").map((parameter) => `-H "${parameter.name}: ${valueFor(parameter)}"`),
    media !== undefined && media !== "*/*" && `-H "Content-Type: ${media}"`,
    media !== undefined &&
      (media === "application/json" ? `-d ${quoted(JSON.stringify(body, null, 2))}` : "--data-binary @FILE"),
  ];
  return parts.filter((part) => part !== false).join(" \\\n  ");
}
