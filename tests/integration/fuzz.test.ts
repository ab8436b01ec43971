import assert from "node:assert/strict";
import { Agent, type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { CodeVerdict, InvocationOutcome } from "../../src/functions/invoker.ts";
import { ApiDescription, assertDescribed, type OpenApi } from "../support/api-description.ts";
import { Dice } from "../support/dice.ts";
import { fakeTrace } from "../support/fake-functions.ts";
import { type FuzzedRequest, FuzzedRequests, type Way } from "../support/fuzzed-requests.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { testCacheDir } from "../support/worker.ts";

const seed = 20_261_126;
const requestsTotal = 20_000;
/** By then every cache and table is as full as these requests make it. */
const requestsBefore = 6000;
const atOnce = 12;
const answerMsMax = 20_000;
const growthMax = 1.2;

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Beside the routes: where functions answer, and where volunteers come in. */
const besideRoutes = ["/alice/hello", "/nobody/here", "/ws/volunteer"].flatMap((pattern) =>
  ["GET", "HEAD", "POST", "PUT", "DELETE"].map((method) => ({ method, pattern })),
);

/** Answers calls as volunteers might, well and badly, and keeps nothing. */
function fakeRunner(dice: Dice) {
  const outcomes: readonly InvocationOutcome[] = [
    { kind: "answered", responseJson: '{"body":"x"}', trace: fakeTrace },
    { kind: "answered", responseJson: '{"status":"?"}', trace: fakeTrace },
    { kind: "answered", responseJson: undefined, trace: fakeTrace },
    { kind: "failed", code: "guest_error", message: "no", trace: fakeTrace },
    { kind: "lost" },
    { kind: "busy" },
  ];
  return {
    invoke: async () => dice.pick(outcomes),
    retire: async () => {},
    check: async (): Promise<CodeVerdict> =>
      dice.chance(0.8) ? { ok: true } : { ok: false, code: "syntax_error", message: "no" },
  };
}

async function send(
  url: URL,
  agent: Agent,
  { method, path, body, ...sentWith }: FuzzedRequest,
): Promise<Got> {
  // Node's client says the length of a body by itself only where it expects one.
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const headers = { ...sentWith.headers, ...length };
  const { promise, resolve: got, reject } = Promise.withResolvers<Got>();
  const sent = request(
    url,
    { agent, method, path, headers, signal: AbortSignal.timeout(answerMsMax) },
    (response) => {
      const status = response.statusCode ?? 0;
      if (response.headers["content-type"]?.startsWith("text/event-stream")) {
        response.destroy();
        got({ status, headers: response.headers, body: "" });
        return;
      }
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => got({ status, headers: response.headers, body: text }));
      response.on("error", reject);
    },
  );
  // A server may refuse a request before it was sent whole, and hang up.
  sent.on("error", (error) =>
    reject(
      new Error(
        `${method} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${String(body).slice(0, 99)}: ${error.message}`,
        { cause: error },
      ),
    ),
  );
  sent.end(body);
  return promise;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

async function memoryBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((done) => setImmediate(done));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test("20,000 requests, right and wrong, find no internal error, no hang, no leak, and no answer but those that /openapi.json describes", {
  timeout: 300_000,
}, async (t) => {
  const dice = new Dice(seed);
  const { url, api, routes } = await bootOrchestrator(t, {
    env: { JOB_QUEUE_MAX_SIZE: "500", CACHE_DIR: testCacheDir },
    functionRunner: fakeRunner(dice),
  });
  // Made at the first request for it, which takes seconds.
  await api.get("/assets/python/index.json");
  const document = (await (await fetch(new URL("/openapi.json", url))).json()) as OpenApi;
  const description = new ApiDescription(document);
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  t.after(() => agent.destroy());
  const declared = routes.map(({ method, url: pattern }) => ({ method, pattern }));
  const ways: readonly Way[] = [...declared, ...besideRoutes];
  assert.ok(ways.length > 60, `${ways.length} ways`);
  const requests = new FuzzedRequests(dice, ways);
  const statuses = new Map<number, number>();
  const answered = new Set<string>();
  const run = async (count: number) => {
    let left = count;
    const one = async () => {
      while (left-- > 0) {
        const sent = requests.next();
        const got = await send(url, agent, sent);
        check(sent, got);
        assertDescribed(description, { ...sent, ...got, type: got.headers["content-type"] });
        statuses.set(got.status, (statuses.get(got.status) ?? 0) + 1);
        if (got.status < 400) answered.add(sent.method);
        const id = got.status === 201 ? /"id":"([0-9a-f-]{36})"/.exec(got.body)?.[1] : undefined;
        if (id !== undefined) requests.learn(id);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  };
  await run(requestsBefore);
  const before = await memoryBytes();
  await run(requestsTotal - requestsBefore);
  const after = await memoryBytes();
  const mebibytes = [before, after].map((bytes) => (bytes / 1_048_576).toFixed(1));
  t.diagnostic(
    `memory ${mebibytes.join(" MiB, then ")} MiB; statuses ${JSON.stringify(Object.fromEntries(statuses))}`,
  );
  assert.ok(after <= before * growthMax, `memory grew from ${mebibytes.join(" to ")} MiB`);
  assert.equal((await api.get("/health")).status, 200);
  // Requests of which none is taken would find nothing.
  for (const method of ["GET", "POST", "PUT", "DELETE"])
    assert.ok(answered.has(method), `no ${method} was taken`);
  for (const status of [200, 201, 204, 400, 404, 405])
    assert.ok(statuses.has(status), `no answer was ${status}`);
});

/** Codes that stand for what a function did, not the orchestrator. */
const functionCodes = /"code":"(?:function_error|function_memory_exceeded|function_output_exceeded)"/;

function check(sent: FuzzedRequest, { status, headers, body }: Got): void {
  const what = () =>
    `${sent.method} ${sent.path.slice(0, 300)} ${JSON.stringify(sent.headers)} ${String(sent.body).slice(0, 300)} → ${status} ${body.slice(0, 500)}`;
  assert.ok(status >= 200 && status < 600, what());
  if (status === 500) assert.match(body, functionCodes, what());
  if (status >= 400 && body !== "" && sent.method !== "HEAD" && !sent.path.startsWith("/static/")) {
    const problem = JSON.parse(body) as { error?: unknown; code?: unknown };
    assert.equal(typeof problem.error, "string", what());
    assert.equal(typeof problem.code, "string", what());
    assert.doesNotMatch(body, /node_modules|\.ts:\d/, what());
  }
  if (status === 503) assert.ok(Number(headers["retry-after"]) >= 1, what());
}
