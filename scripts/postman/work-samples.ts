import { bodyExamples } from "../../src/http/openapi/examples.ts";
import { expects, type Sample, saves } from "./sample.ts";

const jobs = bodyExamples["POST /api/jobs"] ?? {};
const deployments = bodyExamples["POST /api/deploy/:namespace/*"] ?? {};
const savesJob = saves("jobId", "json.id");
const job = ["id", "job_type", "status", "namespace", "created_at"];
const jobWithResult = [...job, "result", "stdout"];

const submit = (name: string, json: unknown, result: string): Sample => ({
  name,
  operation: "POST /api/jobs",
  path: "/api/jobs?wait=30",
  json,
  status: 201,
  members: jobWithResult,
  checks: [
    savesJob,
    expects("it has completed", 'json.status === "completed"'),
    expects("its result is right", result),
  ],
});

export const jobSamples: readonly Sample[] = [
  submit("Submit a Python job", jobs.Python, 'json.stdout === "Hello from Python!\\n4\\n"'),
  submit("Submit a JavaScript job", jobs.JavaScript, "json.result === 42"),
  submit(
    "Submit a WebAssembly job",
    { job_type: "wasm", wasm_cid: "{{wasmCid}}", input_data: { a: 40, b: 2 } },
    "json.result.b === 2",
  ),
  {
    name: "Submit many jobs",
    operation: "POST /api/jobs",
    path: "/api/jobs",
    json: jobs["Many at once"],
    status: 201,
    members: ["jobs"],
    checks: [saves("jobId", "json.jobs[0].id")],
  },
  submit("Submit a Lua job with input, in a namespace", jobs.Lua, "json.result === 42"),
  {
    name: "Submit a job and not wait for it",
    operation: "POST /api/jobs",
    path: "/api/jobs",
    headers: { "Idempotency-Key": "{{$guid}}" },
    json: { job_type: "lua", code: "while true do end", timeout_seconds: 60 },
    status: 201,
    members: job,
    checks: [saves("endlessJobId", "json.id")],
  },
  {
    name: "Show the job that was submitted last",
    operation: "GET /api/jobs/{id}",
    path: "/api/jobs/{{jobId}}",
    status: 200,
    members: [...jobWithResult, "timings"],
  },
  {
    name: "Wait for its end",
    operation: "GET /api/jobs/{id}",
    path: "/api/jobs/{{jobId}}?wait=30",
    status: 200,
    members: jobWithResult,
  },
  {
    name: "Follow it to its end",
    operation: "GET /api/jobs/{id}/events",
    path: "/api/jobs/{{jobId}}/events",
    status: 200,
    checks: [expects("it tells the end", 'pm.response.text().includes("completed")')],
  },
  {
    name: "Run it again",
    operation: "POST /api/jobs/{id}/rerun",
    path: "/api/jobs/{{jobId}}/rerun",
    status: 201,
    members: job,
  },
  {
    name: "Cancel the job that never ends",
    operation: "DELETE /api/jobs/{id}",
    path: "/api/jobs/{{endlessJobId}}",
    status: 204,
  },
  {
    name: "List jobs",
    operation: "GET /api/jobs",
    path: "/api/jobs",
    status: 200,
    members: ["jobs", "total"],
  },
  {
    name: "List completed jobs",
    operation: "GET /api/jobs",
    path: "/api/jobs?status=completed&limit=10",
    status: 200,
    members: ["jobs", "total", "limit", "offset"],
    checks: [expects("all have completed", 'json.jobs.every(({ status }) => status === "completed")')],
  },
  {
    name: "List pending jobs",
    operation: "GET /api/jobs",
    path: "/api/jobs?status=pending",
    status: 200,
    members: ["jobs"],
  },
  {
    name: "Follow all jobs (stays open)",
    operation: "GET /api/events",
    path: "/api/events",
    status: 200,
    endless: true,
  },
  {
    name: "Show what webhooks are signed with",
    operation: "GET /api/webhooks/{namespace}",
    path: "/api/webhooks/alice",
    status: 200,
    members: ["namespace", "secret"],
  },
];

const deploy = (name: string, path: string, json: unknown): Sample => ({
  name,
  operation: "POST /api/deploy/{namespace}/{path}",
  path: `/api/deploy/${path}`,
  json,
  status: 201,
  members: ["user", "path", "runtime", "revision", "url"],
  checks: [saves("revision", "json.revision")],
});

const call = (name: string, method: string, path: string, text: string, body?: unknown): Sample => ({
  name,
  method,
  path,
  ...(body !== undefined && { json: body }),
  status: 200,
  checks: [expects(`it answers ${text}`, `pm.response.text() === ${JSON.stringify(text)}`)],
});

export const functionSamples: readonly Sample[] = [
  deploy("Deploy a Lua function", "alice/hello", deployments.Lua),
  deploy("Deploy a JavaScript function", "bob/api/greet", deployments.JavaScript),
  deploy("Deploy a Python function", "charlie/python-hello", deployments.Python),
  call("Call the Lua function", "GET", "/alice/hello?name=World", "Hello, World!"),
  call("Call the JavaScript function", "GET", "/bob/api/greet?name=Alice", '{"message":"Hello Alice"}'),
  call("Call the Python function", "GET", "/charlie/python-hello", "Hello from Python, World!"),
  call("Call with a body", "POST", "/alice/hello?name=World", "Hello, World!", { data: "test" }),
  {
    name: "List functions",
    operation: "GET /api/deploy",
    path: "/api/deploy",
    status: 200,
    members: ["deployments", "total"],
  },
  {
    name: "Show a function with its revisions",
    operation: "GET /api/deploy/{namespace}/{path}",
    path: "/api/deploy/alice/hello",
    status: 200,
    members: ["revision", "code", "revisions"],
  },
  {
    name: "Roll back to its first revision",
    operation: "PUT /api/deploy/{namespace}/{path}",
    path: "/api/deploy/bob/api/greet",
    json: { revision: 1 },
    status: 200,
    members: ["revision", "url"],
  },
  {
    name: "Show how its calls went",
    operation: "GET /api/calls/{namespace}/{path}",
    path: "/api/calls/alice/hello",
    status: 200,
    members: ["last_hour", "last_day", "minutes"],
  },
  {
    name: "Read its log",
    operation: "GET /api/logs/{namespace}/{path}",
    path: "/api/logs/alice/hello?limit=100",
    status: 200,
    members: ["lines", "count"],
  },
  {
    name: "Delete a function",
    operation: "DELETE /api/deploy/{namespace}/{path}",
    path: "/api/deploy/charlie/python-hello",
    status: 204,
  },
];
