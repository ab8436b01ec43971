import { bodyExamples } from "../../src/http/openapi/examples.ts";
import { expects, type Sample, saves } from "./sample.ts";

const tokens = bodyExamples["POST /api/tokens"] ?? {};
/** A request that takes nothing. */
const get = (name: string, path: string, members?: readonly string[]): Sample => ({
  name,
  operation: `GET ${path}`,
  path,
  status: 200,
  ...(members && { members }),
});

export const nodeSamples: readonly Sample[] = [
  get("Check its health", "/health", ["status"]),
  get("Check that it takes work", "/health/ready", ["status"]),
  get("Get node info", "/info", ["name", "node_id", "version", "job_types", "limits"]),
  get("Get stats", "/stats", ["volunteers", "jobs", "queue"]),
  get("Get figures for Prometheus", "/metrics"),
  get("Show how it does", "/api/overview", ["at", "jobs_running", "slots", "series"]),
  { ...get("Follow how it does (stays open)", "/api/overview/events"), endless: true },
  get("List namespaces", "/api/namespaces", ["namespaces", "count", "cursor"]),
  get("Get the description of the API", "/openapi.json", ["openapi", "paths", "components"]),
];

export const volunteerSamples: readonly Sample[] = [
  get("List volunteers", "/api/volunteers", ["volunteers", "total"]),
  // What it is for takes a WebSocket, which a collection cannot open.
  { ...get("Volunteer, without a WebSocket", "/ws/volunteer", ["error", "code"]), status: 426 },
];

export const accessSamples: readonly Sample[] = [
  get("Ask who I am here", "/api/access", ["open", "token"]),
  get("Show how much may be done and kept", "/api/limits"),
  {
    name: "Make a token",
    operation: "POST /api/tokens",
    path: "/api/tokens",
    json: tokens["For a program"],
    status: 201,
    members: ["id", "token", "scopes", "expires_at"],
    checks: [saves("tokenId", "json.id")],
  },
  get("List tokens", "/api/tokens", ["tokens", "total"]),
  {
    name: "Revoke the token",
    operation: "DELETE /api/tokens/{id}",
    path: "/api/tokens/{{tokenId}}",
    status: 204,
  },
  {
    name: "Get a ticket for a stream",
    operation: "POST /api/tickets",
    path: "/api/tickets",
    status: 201,
    members: ["ticket", "expires_in"],
  },
  get("Show who changed what", "/api/audit", ["entries", "count"]),
];

const page = (name: string, operation: string, path: string): Sample => ({
  name,
  operation: `GET ${operation}`,
  path,
  status: 200,
});

/** They lead to a page, which is then shown. */
const folders = ["/", "/dashboard", "/docs", "/volunteer"].map((path) => page(`Open ${path}`, path, path));

export const pageSamples: readonly Sample[] = [
  ...folders,
  {
    ...page("Open the dashboard", "/dashboard/{path}", "/dashboard/jobs"),
    checks: [
      saves("asset", String.raw`/\/assets\/([\w.-]+\.js)/.exec(pm.response.text())[1]`),
      expects("it is a page", 'pm.response.text().includes("<div id=\\"app\\">")'),
    ],
  },
  page("Open the reference of this API", "/docs/{path}", "/docs/post_api_jobs"),
  page("Open the volunteer page", "/volunteer/{path}", "/volunteer/"),
  page("Load the sealed frame", "/volunteer/frame", "/volunteer/frame"),
  page("Load a part of a page", "/assets/{path}", "/assets/{{asset}}"),
  {
    ...page("List what a tab needs for Python", "/assets/python/index.json", "/assets/python/index.json"),
    members: ["files"],
    checks: [saves("pythonPart", 'json.files[0].url.split("/").pop()')],
  },
  page("Load a part of Python", "/assets/python/{name}", "/assets/python/{{pythonPart}}"),
  page("Load the icon", "/favicon.ico", "/favicon.ico"),
  page("Tell crawlers to stay away", "/robots.txt", "/robots.txt"),
];
