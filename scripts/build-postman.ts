/** Writes the Postman collection of the API: `node scripts/build-postman.ts`. A test fails when it is out of date. */
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import wabt from "wabt";
import { databaseSamples, fileSamples, moduleSamples } from "./postman/data-samples.ts";
import { accessSamples, nodeSamples, pageSamples, volunteerSamples } from "./postman/node-samples.ts";
import type { Sample } from "./postman/sample.ts";
import { functionSamples, jobSamples } from "./postman/work-samples.ts";
import { root, startOrchestrator } from "./program.ts";

export const collectionPath = join(root, "Zerverless.postman_collection.json");
const schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/** What of `/openapi.json` the collection is made with. */
export interface Described {
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly summary: string; readonly description?: string }>>>
  >;
}

/** Answers its input: `get_input` puts it into memory, `set_output` takes it from there. */
const echo = `(module
  (import "env" "get_input_len" (func $length (result i32)))
  (import "env" "get_input" (func $read (param i32 i32) (result i32)))
  (import "env" "set_output" (func $answer (param i32 i32)))
  (memory (export "memory") 1)
  (func (export "run")
    (drop (call $read (i32.const 0) (call $length)))
    (call $answer (i32.const 0) (call $length))))`;

/** As text, which is how a collection keeps a body. Throws when a byte of it is none of ASCII. */
async function echoModule(): Promise<string> {
  const module = (await wabt()).parseWat("echo.wat", echo);
  const { buffer } = module.toBinary({});
  module.destroy();
  if (buffer.some((byte) => byte > 0x7f)) throw new Error("The module cannot be written as text.");
  return new TextDecoder().decode(buffer);
}

/** The folders in an order in which each request finds what it needs. */
async function folders(): Promise<readonly (readonly [tag: string, samples: readonly Sample[]])[]> {
  return [
    ["Node", nodeSamples],
    ["Modules", moduleSamples(await echoModule())],
    ["Jobs", jobSamples],
    ["Functions", functionSamples],
    ["Database", databaseSamples],
    ["Files", fileSamples],
    ["Volunteers", volunteerSamples],
    ["Access", accessSamples],
    ["Pages", pageSamples],
  ];
}

/** The collection as it is written. Throws when an operation has no request, or a request no operation. */
export async function collectionText(described: Described): Promise<string> {
  const parts = await folders();
  const operations = operationsOf(described);
  const shown = new Set(parts.flatMap(([, samples]) => samples.map(({ operation }) => operation)));
  const missing = [...operations.keys()].filter((operation) => !shown.has(operation));
  if (missing.length > 0) throw new Error(`The Postman collection has no request for ${missing.join(", ")}.`);
  const collection = {
    info: {
      _postman_id: idOf("Zerverless"),
      name: "Zerverless",
      description: `The API of Zerverless ${described.info.version}: every endpoint, with examples in each language. Start an orchestrator with a worker and send them in their order; ids are kept from one request to the next.`,
      schema,
    },
    item: parts.map(([name, samples]) => ({
      name,
      description: described.tags.find((tag) => tag.name === name)?.description ?? "",
      item: samples.map((sample) => requestItem(sample, operations)),
    })),
    event: [script("prerequest", authorization)],
    variable: [
      { key: "baseUrl", value: "http://localhost:8000", type: "string" },
      { key: "token", value: "", type: "string" },
    ],
  };
  return `${JSON.stringify(collection, null, 2)}\n`;
}

function operationsOf({ paths }: Described): ReadonlyMap<string, string> {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary, description = "" }]) =>
        [
          `${method.toUpperCase()} ${path}`,
          [`${summary}.`, description].filter(Boolean).join("\n\n"),
        ] as const,
    ),
  );
  return new Map(entries);
}

const authorization = [
  'const token = pm.variables.get("token");',
  'if (token) pm.request.headers.upsert({ key: "Authorization", value: "Bearer " + token });',
];

function requestItem(sample: Sample, operations: ReadonlyMap<string, string>) {
  const { name, operation, method = operation?.split(" ")[0] ?? "GET", endless = false } = sample;
  const description = operation === undefined ? "" : operations.get(operation);
  if (description === undefined) throw new Error(`The API has no operation ${operation}.`);
  // A run of the whole collection would wait for its end for ever.
  const skip = endless ? [script("prerequest", skipsInRuns)] : [];
  return {
    id: idOf(`${method} ${sample.path} ${name}`),
    name,
    event: [...skip, script("test", testLines(sample))],
    request: { method, header: headersOf(sample), ...bodyOf(sample), url: urlOf(sample.path), description },
  };
}

const skipsInRuns = ['if (pm.variables.get("follow") !== "yes") pm.execution.skipRequest();'];

function testLines({ status, members, checks = [] }: Sample): string[] {
  const statuses = JSON.stringify([status].flat());
  const needsJson = members !== undefined;
  const lines = [
    `pm.test("it answers ${[status].flat().join(" or ")}", () => pm.expect(pm.response.code).to.be.oneOf(${statuses}));`,
  ];
  if (needsJson) {
    lines.push(
      "const json = pm.response.json();",
      `pm.test("it has what it should", () => pm.expect(json).to.include.keys(${JSON.stringify(members)}));`,
    );
  }
  return [...lines, ...checks];
}

function headersOf({ headers = {}, json }: Sample) {
  const all = json === undefined ? headers : { "Content-Type": "application/json", ...headers };
  return Object.entries(all).map(([key, value]) => ({ key, value }));
}

function bodyOf({ json, text }: Sample) {
  if (text !== undefined) return { body: { mode: "raw", raw: text } };
  if (json === undefined) return {};
  const raw = JSON.stringify(json, null, 2);
  return { body: { mode: "raw", raw, options: { raw: { language: "json" } } } };
}

function urlOf(path: string) {
  const [plain = "", query] = path.split("?");
  const raw = `{{baseUrl}}${path}`;
  const parts = { raw, host: ["{{baseUrl}}"], path: plain.replace(/^\//, "").split("/") };
  if (query === undefined) return parts;
  return { ...parts, query: query.split("&").map((pair) => keyValue(pair)) };
}

function keyValue(pair: string) {
  const [key = "", value = ""] = pair.split("=");
  return { key, value };
}

function script(listen: "prerequest" | "test", exec: readonly string[]) {
  return { listen, script: { type: "text/javascript", exec } };
}

/** The same for the same words, in the shape of a UUID. */
function idOf(words: string): string {
  const hex = createHash("sha256").update(words).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-5$3-8$4-$5");
}

if (import.meta.main) {
  await using orchestrator = await startOrchestrator({ workers: 0 });
  const described: Described = JSON.parse(
    await (await fetch(new URL("/openapi.json", orchestrator.url))).text(),
  );
  await writeFile(collectionPath, await collectionText(described));
}
