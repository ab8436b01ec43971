import type { FunctionDesk } from "./functions.ts";

/** One request that a route answers well. */
export interface RouteSample {
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What it is answered with when it is let in. */
  readonly status: number;
  /** The answer goes on for as long as the client listens. */
  readonly streams?: true;
  /** The answer takes a minute to make, so of a route that is open to everybody only that is checked. */
  readonly costly?: true;
  /** What a token is told that has the right scope for another namespace alone; 403 when not given. */
  readonly elsewhere?: 200 | 404;
}

/** What samples are made with: everything belongs to the namespace alice, and `admin` may do everything. */
export interface SampleDesk extends FunctionDesk {
  readonly admin: Readonly<Record<string, string>>;
}

type MakeSample = (desk: SampleDesk) => RouteSample | Promise<RouteSample>;

const module = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const wasmType = { "content-type": "application/wasm" };
const job = { job_type: "js", code: "1", namespace: "alice" };
const fixed =
  (sample: RouteSample): MakeSample =>
  () =>
    sample;

/**
 * A sample for every route of the API, by its method and pattern. Who adds a route adds its sample:
 * `tests/integration/access-routes.test.ts` sends it without a token, with wrong ones and with the right one.
 */
export const routeSamples: Readonly<Record<string, MakeSample>> = {
  "GET /health": fixed({ path: "/health", status: 200 }),
  "GET /health/ready": fixed({ path: "/health/ready", status: 200 }),
  "GET /openapi.json": fixed({ path: "/openapi.json", status: 200 }),
  "GET /info": fixed({ path: "/info", status: 200 }),
  "GET /metrics": fixed({ path: "/metrics", status: 200 }),
  "GET /stats": fixed({ path: "/stats", status: 200 }),

  "POST /api/jobs": fixed({ path: "/api/jobs", body: job, status: 201 }),
  "GET /api/jobs": fixed({ path: "/api/jobs", status: 200, elsewhere: 200 }),
  "GET /api/jobs/:id": async (desk) => ({
    path: `/api/jobs/${await newJob(desk)}`,
    status: 200,
    elsewhere: 404,
  }),
  "DELETE /api/jobs/:id": async (desk) => ({
    path: `/api/jobs/${await newJob(desk)}`,
    status: 204,
    elsewhere: 404,
  }),
  "GET /api/jobs/:id/events": async (desk) => ({
    path: `/api/jobs/${await newJob(desk)}/events`,
    status: 200,
    streams: true,
    elsewhere: 404,
  }),
  "POST /api/jobs/:id/rerun": async (desk) => ({
    path: `/api/jobs/${await newJob(desk)}/rerun`,
    status: 201,
    elsewhere: 404,
  }),
  "GET /api/overview": fixed({ path: "/api/overview", status: 200 }),
  "GET /api/overview/events": fixed({ path: "/api/overview/events", status: 200, streams: true }),
  "GET /api/events": fixed({ path: "/api/events", status: 200, streams: true, elsewhere: 200 }),
  "GET /api/webhooks/:namespace": fixed({ path: "/api/webhooks/alice", status: 200 }),
  "GET /api/namespaces": fixed({ path: "/api/namespaces", status: 200, elsewhere: 200 }),
  "GET /api/volunteers": fixed({ path: "/api/volunteers", status: 200 }),
  "GET /ws/volunteer": fixed({ path: "/ws/volunteer", status: 426 }),

  "POST /api/wasm": fixed({
    path: "/api/wasm",
    body: module,
    headers: wasmType,
    status: 201,
    elsewhere: 200,
  }),
  "GET /ipfs/:cid": async ({ api, admin }) => {
    const answer = await api.post("/api/wasm", module, { ...wasmType, ...admin });
    return { path: `/ipfs/${member(answer.json(), "cid")}`, status: 200 };
  },

  "GET /api/db/:namespace": fixed({ path: "/api/db/alice", status: 200 }),
  "GET /api/db/:namespace/*": async (desk) => ({ path: await newKey(desk), status: 200 }),
  "PUT /api/db/:namespace/*": fixed({ path: "/api/db/alice/put", body: { value: 1 }, status: 201 }),
  "DELETE /api/db/:namespace/*": async (desk) => ({ path: await newKey(desk), status: 204 }),
  "POST /api/db/:namespace": fixed({
    path: "/api/db/alice",
    body: { ops: [{ op: "set", key: "b", value: 1 }] },
    status: 200,
  }),
  "POST /api/db/:namespace/*": fixed({
    path: "/api/db/alice/",
    body: { ops: [{ op: "set", key: "b", value: 1 }] },
    status: 200,
  }),

  "GET /api/storage/:namespace": fixed({ path: "/api/storage/alice", status: 200 }),
  "GET /api/storage/:namespace/*": async (desk) => ({
    path: `/api/storage/alice/${await newFile(desk)}`,
    status: 200,
  }),
  "PUT /api/storage/:namespace/*": fixed({ path: "/api/storage/alice/put.txt", body: "text", status: 201 }),
  "DELETE /api/storage/:namespace/*": async (desk) => ({
    path: `/api/storage/alice/${await newFile(desk)}`,
    status: 204,
  }),
  "GET /static/:namespace": async (desk) => {
    await newFile(desk, "index.html");
    return { path: "/static/alice", status: 301 };
  },
  "GET /static/:namespace/*": async (desk) => ({ path: `/static/alice/${await newFile(desk)}`, status: 200 }),

  "GET /api/deploy": fixed({ path: "/api/deploy", status: 200, elsewhere: 200 }),
  "POST /api/deploy/:namespace/*": fixed({
    path: "/api/deploy/alice/new",
    body: { runtime: "js", code: "const handle = () => ({})" },
    status: 201,
  }),
  "GET /api/deploy/:namespace/*": async (desk) => ({
    path: `/api/deploy${await newFunction(desk)}`,
    status: 200,
  }),
  "PUT /api/deploy/:namespace/*": async (desk) => ({
    path: `/api/deploy${await newFunction(desk)}`,
    body: { revision: 1 },
    status: 200,
  }),
  "DELETE /api/deploy/:namespace/*": async (desk) => ({
    path: `/api/deploy${await newFunction(desk)}`,
    status: 204,
  }),
  "GET /api/calls/:namespace/*": async (desk) => ({
    path: `/api/calls${await newFunction(desk)}`,
    status: 200,
  }),
  "GET /api/logs/:namespace/*": async (desk) => ({
    path: `/api/logs${await newFunction(desk)}`,
    status: 200,
  }),

  "POST /api/tokens": fixed({ path: "/api/tokens", body: { name: "n", scopes: ["read:bob"] }, status: 201 }),
  "GET /api/tokens": fixed({ path: "/api/tokens", status: 200 }),
  "DELETE /api/tokens/:id": async ({ api, admin }) => {
    const made = await api.post("/api/tokens", { name: "doomed", scopes: ["read:bob"] }, admin);
    return { path: `/api/tokens/${member(made.json(), "id")}`, status: 204 };
  },
  "GET /api/limits": fixed({ path: "/api/limits", status: 200 }),
  "GET /api/audit": fixed({ path: "/api/audit", status: 200 }),
  "POST /api/tickets": fixed({ path: "/api/tickets", status: 201 }),
  "GET /api/access": fixed({ path: "/api/access", status: 200 }),

  "GET /": fixed({ path: "/", status: 302 }),
  "GET /docs": fixed({ path: "/docs", status: 302 }),
  "GET /docs/*": fixed({ path: "/docs/post_api_jobs", status: 200 }),
  "GET /dashboard": fixed({ path: "/dashboard", status: 302 }),
  "GET /dashboard/*": fixed({ path: "/dashboard/jobs", status: 200 }),
  "GET /volunteer": fixed({ path: "/volunteer", status: 302 }),
  "GET /volunteer/frame": fixed({ path: "/volunteer/frame", status: 200 }),
  "GET /volunteer/*": fixed({ path: "/volunteer/", status: 200 }),
  "GET /assets/python/index.json": fixed({ path: "/assets/python/index.json", status: 200, costly: true }),
  "GET /assets/python/:name": fixed({ path: "/assets/python/none", status: 404, costly: true }),
  "GET /assets/*": fixed({ path: "/assets/none.js", status: 404 }),
  "GET /favicon.ico": fixed({ path: "/favicon.ico", status: 200 }),
  "GET /robots.txt": fixed({ path: "/robots.txt", status: 200 }),
};

let made = 0;

async function newJob({ api, admin }: SampleDesk): Promise<string> {
  return member((await api.post("/api/jobs", job, admin)).json(), "id");
}

async function newKey({ api, admin }: SampleDesk): Promise<string> {
  const path = `/api/db/alice/key-${made++}`;
  await api.send("PUT", path, { body: { value: 1 }, headers: admin });
  return path;
}

async function newFile({ api, admin }: SampleDesk, name = `file-${made++}.txt`): Promise<string> {
  await api.send("PUT", `/api/storage/alice/${name}`, { body: "text", headers: admin });
  return name;
}

async function newFunction({ api, admin }: SampleDesk): Promise<string> {
  const path = `/alice/function-${made++}`;
  await api.post(`/api/deploy${path}`, { runtime: "js", code: "const handle = () => ({})" }, admin);
  return path;
}

function member(value: unknown, name: string): string {
  return typeof value === "object" && value !== null ? String(Reflect.get(value, name)) : "";
}
