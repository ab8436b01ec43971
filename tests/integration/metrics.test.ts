import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { eventually } from "../support/eventually.ts";
import { Exposition, metricsOf } from "../support/exposition.ts";
import { bootFunctions } from "../support/functions.ts";
import { type BootedOrchestrator, bootOrchestrator } from "../support/orchestrator.ts";
import { ReferenceVolunteer } from "../support/reference-volunteer.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir } from "../support/worker.ts";

const alertsFile = resolve(import.meta.dirname, "../../docker/prometheus/alerts.yml");
const dashboardFile = resolve(import.meta.dirname, "../../docker/grafana/zerverless.json");

async function metrics({ api }: Pick<BootedOrchestrator, "api">): Promise<Exposition> {
  const answer = await api.get("/metrics");
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  return new Exposition(answer.text);
}

test("jobs are counted by state, language and namespace, and measured from queue to end", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const { api, volunteerUrl } = orchestrator;
  const submit = (code: string) => api.post("/api/jobs", { job_type: "js", namespace: "alice", code });
  for (const code of ["1", "2", "throw new Error('no')"]) await submit(code);
  const before = await metrics(orchestrator);
  assert.equal(before.get('zerverless_jobs_waiting{language="js"}'), 3);
  assert.equal(before.get('zerverless_jobs_waiting_by_namespace{namespace="alice"}'), 3);
  using _volunteer = new ReferenceVolunteer(volunteerUrl);
  await eventually(async () => (await api.get("/api/jobs?status=failed")).text.includes('"total":1'));
  const after = await metrics(orchestrator);
  const kind = 'language="js",namespace="alice"';
  assert.equal(after.get(`zerverless_jobs_accepted_total{${kind}}`), 3);
  assert.equal(after.get(`zerverless_jobs_ended_total{state="completed",${kind}}`), 2);
  assert.equal(after.get(`zerverless_jobs_ended_total{state="failed",${kind}}`), 1);
  assert.equal(after.get('zerverless_job_failures_total{code="guest_error"}'), 1);
  assert.equal(after.get('zerverless_job_queue_wait_seconds_count{language="js"}'), 3);
  assert.equal(after.get('zerverless_job_run_seconds_bucket{le="+Inf",language="js"}'), 3);
  assert.equal(after.get('zerverless_jobs_waiting{language="js"}'), 0);
  assert.equal(after.get('zerverless_connections{kind="websocket"}'), 1);
  assert.equal(after.get("zerverless_slots"), 1);
});

test("commits are counted with how many operations shared each", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const before = await metrics(orchestrator);
  const job = { job_type: "js", code: "1" };
  await Promise.all(Array.from({ length: 20 }, () => orchestrator.api.post("/api/jobs", job)));
  const after = await metrics(orchestrator);
  const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  assert.ok(grown("zerverless_commit_operations_sum") >= 20);
  assert.ok(grown("zerverless_commits_total") >= 1 && grown("zerverless_commits_total") <= 20);
  assert.equal(after.get("zerverless_commit_operations_count"), after.get("zerverless_commits_total"));
  assert.equal(
    after.get('zerverless_commit_operations_bucket{le="+Inf"}'),
    after.get("zerverless_commits_total"),
  );
  assert.equal(after.get("zerverless_disk_works"), 1);
});

test("requests are counted by the route's pattern and status, never by what a client wrote", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  for (let n = 0; n < 30; n++) {
    await orchestrator.api.get(`/api/jobs/no-such-job-${n}`);
    await orchestrator.api.get(`/nothing-at-${n}`);
    await orchestrator.api.get(`/nobody-${n}/function`);
  }
  const { get, series } = await metrics(orchestrator).then((read) => ({
    get: (name: string) => read.get(name),
    series: read.series,
  }));
  const total = (route: string) =>
    get(`zerverless_http_requests_total{method="GET",route="${route}",status="404"}`);
  assert.deepEqual([total("/api/jobs/:id"), total("(none)"), total("/{namespace}/{path}")], [30, 30, 30]);
  assert.deepEqual(
    series.filter((name) => /no-such-job|nothing-at|nobody/.test(name)),
    [],
  );
});

test("calls of functions are counted by namespace and by how they were answered", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy(
    "/alice/f",
    "function handle(req) { if (req.query.fail) throw new Error('no'); return { body: 'x' }; }",
  );
  await api.get("/alice/f");
  await api.get("/alice/f?fail=1");
  const read = await metrics({ api });
  const calls = (status: string) =>
    read.get(`zerverless_function_calls_total{status="${status}",language="js",namespace="alice"}`);
  assert.deepEqual([calls("2xx"), calls("5xx")], [1, 1]);
});

test("the labels of namespaces are bounded, however many namespaces there are", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const jobs = Array.from({ length: 300 }, (_, n) => ({ job_type: "js", code: "1", namespace: `n${n}` }));
  assert.equal((await orchestrator.api.post("/api/jobs", jobs)).status, 201);
  const { series } = await metrics(orchestrator);
  const accepted = series.filter((name) => name.startsWith("zerverless_jobs_accepted_total"));
  assert.equal(accepted.length, 51);
  assert.ok(series.length < 1000, `${series.length} series`);
});

test("cells are counted when they start, and by why they end", { timeout: 60_000 }, async (t) => {
  const orchestrator = await spawnOrchestrator(t, {
    args: ["--workers", "1"],
    env: { CACHE_DIR: testCacheDir },
  });
  const job = { job_type: "js", code: "for (;;);", timeout_seconds: 0.2 };
  await orchestrator.api.post("/api/jobs?wait=20", job);
  await eventually(async () => {
    const read = await metrics(orchestrator);
    return read.get('zerverless_cells_ended_total{kind="core",reason="timeout"}') === 1;
  });
  const read = await metrics(orchestrator);
  assert.ok((read.get('zerverless_cells_started_total{kind="core"}') ?? 0) >= 2);
  assert.equal(read.get('zerverless_volunteers{kind="internal"}'), 1);
});

test("every figure that the alerts and the dashboard ask for is one that is exposed", async (t) => {
  const orchestrator = await bootOrchestrator(t);
  const exposed = (await metrics(orchestrator)).types;
  const expressions = [...alertExpressions(), ...dashboardExpressions()];
  assert.ok(expressions.length > 40);
  const named = expressions.flatMap(metricsOf);
  assert.ok(named.length >= expressions.length - 1);
  assert.deepEqual(
    [...new Set(named)].filter((name) => !exposed.has(name)),
    [],
  );
  for (const expression of expressions) assertBalanced(expression);
});

const noPromtool = spawnSync("promtool", ["--version"]).error ? "promtool is not installed here" : false;

test("Prometheus itself takes the alert rules and what is exposed", { skip: noPromtool }, async (t) => {
  const rules = spawnSync("promtool", ["check", "rules", alertsFile], { encoding: "utf8" });
  assert.equal(rules.status, 0, rules.stderr);
  const { text } = await (await bootOrchestrator(t)).api.get("/metrics");
  const { stderr } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  // Names of the runtime's own figures are the library's.
  assert.deepEqual(
    stderr.split("\n").filter((line) => line !== "" && !line.startsWith("nodejs_")),
    [],
  );
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

function alertExpressions(): readonly string[] {
  const { groups } = parse(readFileSync(alertsFile, "utf8")) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  for (const { alert, labels, annotations } of rules) {
    assert.ok(["warning", "critical"].includes(labels.severity) && annotations.summary.length > 0, alert);
  }
  return rules.map(({ expr }) => expr);
}

function dashboardExpressions(): readonly string[] {
  const { panels } = JSON.parse(readFileSync(dashboardFile, "utf8")) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
}

function assertBalanced(expression: string): void {
  const open: string[] = [];
  for (const [char] of expression.replaceAll(/"[^"]*"/g, "").matchAll(/[()[\]{}]/g)) {
    const partner = { ")": "(", "]": "[", "}": "{" }[char];
    if (partner === undefined) open.push(char);
    else assert.equal(open.pop(), partner, expression);
  }
  assert.deepEqual(open, [], expression);
}
