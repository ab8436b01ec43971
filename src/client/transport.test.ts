import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pace } from "./backoff.ts";
import { ZerverlessError } from "./error.ts";
import { encodePath, Transport } from "./transport.ts";

interface Scripted {
  readonly transport: Transport;
  readonly requests: Request[];
  readonly slept: number[];
}

/** A transport whose server answers from a list, and whose time passes at once. */
function scripted(answers: readonly (Response | Error)[], retries?: number): Scripted {
  const requests: Request[] = [];
  const slept: number[] = [];
  const left = [...answers];
  const pace: Pace = {
    random: () => 0,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
    },
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init));
    const answer = left.shift() ?? new Error("no answer is left");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const transport = new Transport(
    { url: "http://orchestrator.test/base/", token: "zv_t", retries, fetch },
    pace,
  );
  return { transport, requests, slept };
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: "A sentence.", code, details: { field: "x" } }, { status, headers });
}

const ok = () => Response.json({ ok: true });

test("a request has its query, its token and its JSON", async () => {
  const { transport, requests } = scripted([ok()]);
  await transport.send("POST", "/api/jobs", { query: { a: "ü&", b: undefined, c: 0 }, json: { x: 1 } });
  const [request] = requests;
  assert.equal(request?.url, "http://orchestrator.test/base/api/jobs?a=%C3%BC%26&c=0");
  assert.equal(request?.headers.get("authorization"), "Bearer zv_t");
  assert.equal(request?.headers.get("content-type"), "application/json");
  assert.deepEqual(await request?.json(), { x: 1 });
});

test("a refusal is an error with its code, status and details, and is not repeated", async () => {
  const { transport, requests } = scripted([problem(404, "job_not_found")]);
  await assert.rejects(transport.send("GET", "/x"), (error) => {
    assert.ok(error instanceof ZerverlessError);
    assert.deepEqual(
      [error.code, error.status, error.message, error.details],
      ["job_not_found", 404, "A sentence.", { field: "x" }],
    );
    return true;
  });
  assert.equal(requests.length, 1);
});

test("what was turned away before anything was done comes again, whatever the method, no sooner than asked", async () => {
  const { transport, slept } = scripted([
    problem(429, "rate_limited", { "retry-after": "7" }),
    problem(503, "queue_full", { "retry-after": "1" }),
    ok(),
  ]);
  await transport.send("POST", "/x", { json: {} });
  assert.deepEqual(slept, [7000, 1000]);
});

test("a request that got no answer comes again if it may, each time a while later", async () => {
  const lost = new TypeError("fetch failed");
  const { transport, slept } = scripted([lost, lost, ok()]);
  await transport.send("GET", "/x");
  assert.deepEqual(slept, [100, 200]);
});

test("a POST that got no answer does not come again unless it is said to be repeatable", async () => {
  const lost = new TypeError("fetch failed");
  const once = scripted([lost, ok()]);
  await assert.rejects(once.transport.send("POST", "/x"), { code: "unreachable", status: 0 });
  const again = scripted([lost, ok()]);
  await again.transport.send("POST", "/x", { repeatable: true });
  assert.equal(again.requests.length, 2);
});

test("an orchestrator's own 502 is its last word, a proxy's is not", async () => {
  const own = scripted([problem(502, "function_lost"), ok()]);
  await assert.rejects(own.transport.send("GET", "/x"), { code: "function_lost" });
  const proxy = scripted([new Response("<h1>Bad Gateway</h1>", { status: 502 }), ok()]);
  await proxy.transport.send("GET", "/x");
});

test("after so many tries the last error is told", async () => {
  const lost = new TypeError("fetch failed");
  const { transport, requests } = scripted([lost, lost, lost, lost], 2);
  await assert.rejects(transport.send("GET", "/x"), (error) => {
    return error instanceof ZerverlessError && error.code === "unreachable" && error.cause === lost;
  });
  assert.equal(requests.length, 3);
});

test("nobody waits for longer than a minute without being told", async () => {
  const { transport, slept } = scripted([problem(429, "rate_limited", { "retry-after": "3600" })]);
  await assert.rejects(transport.send("GET", "/x"), { code: "rate_limited", retryAfter: 3600 });
  assert.deepEqual(slept, []);
});

test("an aborted signal throws its reason and nothing is sent", async () => {
  const { transport, requests } = scripted([ok()]);
  const reason = new Error("enough");
  await assert.rejects(transport.send("GET", "/x", { signal: AbortSignal.abort(reason) }), reason);
  assert.equal(requests.length, 0);
});

test("an answer that is no JSON is told as such", async () => {
  const { transport } = scripted([new Response("<html>")]);
  await assert.rejects(transport.json("GET", "/x"), { code: "bad_answer", status: 200 });
});

test("a body that is a stream is sent once", async () => {
  const { transport, requests } = scripted([new TypeError("fetch failed"), ok()]);
  const body = new Blob(["x"]).stream();
  await assert.rejects(transport.send("PUT", "/x", { body }), { code: "unreachable" });
  assert.equal(requests.length, 1);
});

test("paths are encoded by segment, and none leads up", () => {
  assert.equal(encodePath("a b/ü/%2e%2e"), "a%20b/%C3%BC/%252e%252e");
  for (const path of ["..", "a/../b", "./a", "a/.."]) {
    assert.throws(() => encodePath(path), { code: "invalid_path" });
  }
});
