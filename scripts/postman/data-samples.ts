import { bodyExamples } from "../../src/http/openapi/examples.ts";
import { expects, type Sample, saves } from "./sample.ts";

const values = bodyExamples["PUT /api/db/:namespace/*"] ?? {};
const [batch] = Object.values(bodyExamples["POST /api/db/:namespace"] ?? {});

export const databaseSamples: readonly Sample[] = [
  {
    name: "Set a value",
    operation: "PUT /api/db/{namespace}/{key}",
    path: "/api/db/alice/mykey",
    json: values["A value"],
    status: [201, 200],
    members: ["key", "version", "exists"],
    checks: [saves("version", "json.version")],
  },
  {
    name: "Set a value for an hour",
    operation: "PUT /api/db/{namespace}/{key}",
    path: "/api/db/alice/session:9",
    json: values["For an hour"],
    status: [201, 200],
    members: ["key", "version"],
  },
  {
    name: "Read it",
    operation: "GET /api/db/{namespace}/{key}",
    path: "/api/db/alice/mykey",
    status: 200,
    members: ["key", "value", "exists", "version"],
    checks: [expects("it is what was set", "json.value.count === 42")],
  },
  {
    name: "Change it unless somebody else did",
    operation: "PUT /api/db/{namespace}/{key}",
    path: "/api/db/alice/mykey",
    headers: { "If-Match": '"{{version}}"' },
    json: { value: { name: "Alice", count: 43 } },
    status: 200,
    members: ["version"],
  },
  {
    name: "List keys by their beginning",
    operation: "GET /api/db/{namespace}/{key}",
    path: "/api/db/alice/?prefix=my",
    status: 200,
    members: ["keys", "count", "cursor"],
  },
  {
    name: "List keys",
    operation: "GET /api/db/{namespace}",
    path: "/api/db/alice",
    status: 200,
    members: ["keys", "count", "cursor"],
  },
  {
    name: "Do many operations, all or none",
    operation: "POST /api/db/{namespace}",
    path: "/api/db/alice",
    json: batch,
    status: 200,
    members: ["results"],
  },
  {
    name: "The same, with a slash at the end",
    operation: "POST /api/db/{namespace}/{key}",
    path: "/api/db/alice/",
    json: { ops: [{ op: "get", key: "mykey" }] },
    status: 200,
    members: ["results"],
  },
  {
    name: "Delete a value",
    operation: "DELETE /api/db/{namespace}/{key}",
    path: "/api/db/alice/mykey",
    status: 204,
  },
];

export const fileSamples: readonly Sample[] = [
  {
    name: "Store a file",
    operation: "PUT /api/storage/{namespace}/{path}",
    path: "/api/storage/alice/index.html",
    headers: { "Content-Type": "text/html" },
    text: "<!doctype html>\n<title>Hello</title>\n<h1>Hello</h1>\n",
    status: 201,
    members: ["namespace", "path", "size", "type", "etag", "url"],
  },
  {
    name: "Fetch it",
    operation: "GET /api/storage/{namespace}/{path}",
    path: "/api/storage/alice/index.html",
    status: 200,
    checks: [expects("it is what was stored", 'pm.response.text().includes("<h1>Hello</h1>")')],
  },
  {
    name: "List files by their beginning",
    operation: "GET /api/storage/{namespace}",
    path: "/api/storage/alice?prefix=index",
    status: 200,
    members: ["files", "count", "cursor"],
  },
  {
    name: "See the site",
    operation: "GET /static/{namespace}",
    path: "/static/alice",
    status: 200,
    checks: [expects("it has its index", 'pm.response.text().includes("<h1>Hello</h1>")')],
  },
  {
    name: "See a page of it",
    operation: "GET /static/{namespace}/{path}",
    path: "/static/alice/index.html",
    status: 200,
  },
  {
    name: "Delete the file",
    operation: "DELETE /api/storage/{namespace}/{path}",
    path: "/api/storage/alice/index.html",
    status: 204,
  },
];

/** Stores the smallest module that answers its input, all of whose bytes are characters of ASCII. */
export function moduleSamples(module: string): readonly Sample[] {
  return [
    {
      name: "Store a WebAssembly module that answers its input",
      operation: "POST /api/wasm",
      path: "/api/wasm",
      headers: { "Content-Type": "application/wasm" },
      text: module,
      status: [201, 200],
      members: ["cid", "size"],
      checks: [saves("wasmCid", "json.cid")],
    },
    { name: "Fetch it", operation: "GET /ipfs/{cid}", path: "/ipfs/{{wasmCid}}", status: 200 },
  ];
}
