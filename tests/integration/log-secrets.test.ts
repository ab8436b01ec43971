import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { exchange } from "../support/raw-http.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir } from "../support/worker.ts";

/** What the log of a real orchestrator says, and never says, at its most talkative. */

const value = "the-database-password-of-alice";
const job = { job_type: "js", code: "1 + 1" };

test("requests and jobs are named in the log, and no secret is", { timeout: 60_000 }, async (t) => {
  const log: string[] = [];
  const {
    api,
    url,
    process: child,
    ended,
  } = await spawnOrchestrator(t, {
    args: ["--workers", "1"],
    env: { LOG_LEVEL: "trace", CACHE_DIR: testCacheDir, WEBHOOKS_TO_PRIVATE: "on", SHUTDOWN_TIMEOUT: "1s" },
    onLog: (line) => log.push(line),
  });
  const made = await api.post("/api/tokens", { name: "t", scopes: ["admin"], expires_in: 600 });
  assert.equal(made.status, 201, made.text);
  const { token } = made.json() as { token: string };
  assert.match(token, /^zv_/);
  const bearer = `Bearer ${token}`;
  const authorization = { authorization: bearer, "x-request-id": "trace-me-1" };
  const { secret } = (await api.get("/api/webhooks/alice")).json() as { secret: string };
  const callback_url = `http://127.0.0.1:1/hook?token=${token}&password=${value}`;
  const submitted = await api.post("/api/jobs?wait=20", { ...job, callback_url }, authorization);
  assert.equal(submitted.status, 201, submitted.text);
  assert.equal(submitted.headers["x-request-id"], "trace-me-1");
  const deployed = await api.post(
    "/api/deploy/alice/secretive",
    {
      runtime: "js",
      code: "function handle(req) { throw new Error(ENV.PASSWORD + req.headers.authorization); }",
      env: { PASSWORD: value },
    },
    authorization,
  );
  assert.equal(deployed.status, 201, deployed.text);
  assert.equal((await api.get(`/alice/secretive?ticket=${token}`, authorization)).status, 500);
  assert.equal((await api.get(`/nowhere?token=${token}`, authorization)).status, 404);
  assert.equal((await api.post("/api/jobs", `{"env": "${token}"`, authorization)).status, 400);
  await exchange(url, `GET /${token} HTTP/9.9\r\nauthorization: ${bearer}\r\n\r\n`, "end");
  const { id } = submitted.json() as { id: string };
  await eventually(async () => log.some((line) => line.includes(id) && line.includes("a job ended")));
  child.kill("SIGTERM");
  await ended;
  const whole = log.join("\n");
  const lines: unknown[] = log.map((line) => JSON.parse(line));
  assert.ok(lines.length > 10);
  for (const hidden of [token, value, secret, secret.slice("whsec_".length), bearer])
    assert.ok(!whole.includes(hidden), `the log has ${hidden}:\n${whole}`);
  const named = lines.filter((line) => JSON.stringify(line).includes('"request":"trace-me-1"'));
  assert.ok(
    named.some((line) => JSON.stringify(line).includes(id)),
    "the submission names its jobs",
  );
});

test("an id of a request that could break out of its line is replaced", { timeout: 60_000 }, async (t) => {
  const { api } = await spawnOrchestrator(t);
  for (const given of ["two words", "x".repeat(200), '"quoted"']) {
    const answer = await api.get("/health", { "x-request-id": given });
    assert.match(String(answer.headers["x-request-id"]), /^[\w-]{6}-[0-9a-z]+$/);
  }
});
