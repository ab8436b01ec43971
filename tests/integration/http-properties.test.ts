import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { errorRegistry } from "../../src/protocol/errors.ts";
import type { Answer } from "../support/api.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { exchange } from "../support/raw-http.ts";

/** Values around what a job may be: the right fields with wrong values, wrong fields, and anything at all. */
const value = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  fc.constantFrom(0, -1, 1e308, 0.1, "", "js", "default", "api", "\u0000", "__proto__", null, true, 2 ** 53),
  fc.string({ unit: "binary" }),
);
const fieldNames = [
  "job_type",
  "code",
  "namespace",
  "input_data",
  "timeout_seconds",
  "memory_mb",
  "priority",
  "max_retries",
  "wasm_cid",
  "__proto__",
  "constructor",
  "toString",
];
const submission = fc.oneof(
  fc.dictionary(fc.oneof(fc.constantFrom(...fieldNames), fc.string()), value),
  fc.record(
    {
      job_type: fc.constantFrom("js", "lua", "python", "wasm", "x"),
      code: fc.oneof(fc.string(), value),
      namespace: value,
    },
    { requiredKeys: ["job_type"] },
  ),
  value,
);
const body = fc.oneof(submission, fc.array(submission, { maxLength: 5 })).map((json) => JSON.stringify(json));

function assertDecent(answer: Answer): void {
  assert.ok(answer.status < 500, `${answer.status} ${answer.text}`);
  if (answer.status < 400) return;
  const problem = answer.json();
  assert.ok(typeof problem === "object" && problem && "error" in problem && "code" in problem, answer.text);
  assert.ok(String(problem.code) in errorRegistry, answer.text);
  assert.match(String(problem.error), /^\S.*\.$/s);
}

test("whatever is submitted, the answer is an acceptance or a refusal with a reason", async (t) => {
  const { api } = await bootOrchestrator(t);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 4, arbitrary: body }, fc.string({ unit: "binary" })),
      async (text) => {
        assertDecent(await api.post("/api/jobs", text, { "content-type": "application/json" }));
      },
    ),
    { numRuns: 400 },
  );
  assert.equal((await api.get("/api/jobs?limit=1000")).status, 200, "what was accepted can be listed");
});

test("whatever is accepted comes back as it was sent", async (t) => {
  const { api } = await bootOrchestrator(t);
  const job = fc.record({ code: fc.string({ unit: "binary", minLength: 1 }), input_data: fc.jsonValue() });
  await fc.assert(
    fc.asyncProperty(job, async ({ code, input_data }) => {
      const sent = JSON.stringify({ job_type: "js", code, input_data });
      const accepted = await api.post("/api/jobs", sent, { "content-type": "application/json" });
      assert.equal(accepted.status, 201, accepted.text);
      const read = await api.get(String(accepted.headers.location));
      // Text that is no Unicode cannot be sent as UTF-8: what arrived is what counts.
      const arrived: unknown = JSON.parse(Buffer.from(sent).toString());
      assert.partialDeepStrictEqual(read.json(), arrived);
    }),
    { numRuns: 100 },
  );
});

test("whatever path and query are asked, the answer is decent", async (t) => {
  const { api } = await bootOrchestrator(t);
  const part = fc.oneof(
    fc.constantFrom(
      "api",
      "jobs",
      "events",
      "wasm",
      "ipfs",
      "stats",
      "ws",
      "volunteer",
      "..",
      "%2e%2e",
      "%00",
      "%zz",
      "",
    ),
    fc.string({ maxLength: 20 }).map(encodeURIComponent),
  );
  const path = fc
    .tuple(
      fc.array(part, { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("wait", "limit", "status", "x"), fc.string()),
    )
    .map(([parts, query]) => `/${parts.join("/")}?${new URLSearchParams(query)}`);
  const method = fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD");
  await fc.assert(
    fc.asyncProperty(method, path, async (name, at) => {
      // A stream of events goes on for ever.
      fc.pre(!/^\/+api\/+events\?/.test(at) || name !== "GET");
      const answer = await api.send(name, at);
      if (name !== "HEAD") assertDecent(answer);
      else assert.ok(answer.status < 500);
    }),
    { numRuns: 400 },
  );
});

test("whatever headers come, the answer is decent", async (t) => {
  const { api } = await bootOrchestrator(t);
  const name = fc.constantFrom(
    "content-type",
    "content-encoding",
    "idempotency-key",
    "if-none-match",
    "last-event-id",
    "origin",
    "host",
    "sec-fetch-site",
    "accept",
    "expect",
    "x-forwarded-for",
  );
  const text = fc.string().filter((candidate) => /^[\t\x20-\x7e]*$/.test(candidate));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, text), async (headers) => {
      fc.pre(!("expect" in headers));
      assertDecent(await api.post("/api/jobs", '{"job_type":"js","code":"1"}', headers));
    }),
    { numRuns: 200 },
  );
});

test("whatever bytes come, the server stands", async (t) => {
  const { api, url } = await bootOrchestrator(t);
  const line = fc.constantFrom(
    "GET / HTTP/1.1\r\n",
    "POST /api/jobs HTTP/1.1\r\n",
    "Host: localhost\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: -1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Upgrade: websocket\r\n",
    "Connection: Upgrade\r\n",
    "\r\n",
    "5\r\nhello\r\n0\r\n\r\n",
    "\u0000",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(line, fc.string({ unit: "binary" })), { maxLength: 8 }),
      async (lines) => {
        // A request that breaks off at once ends every exchange, so that none waits for a timeout.
        await exchange(url, `${lines.join("")}\r\n\r\nGET /health HTTP/9.9\r\n\r\n`, "end");
      },
    ),
    { numRuns: 200 },
  );
  assert.equal((await api.get("/health")).status, 200);
});
