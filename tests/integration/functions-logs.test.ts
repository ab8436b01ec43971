import assert from "node:assert/strict";
import { test } from "node:test";
import { type LogLineView, logLimits } from "../../src/protocol/functions.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import type { Api } from "../support/api.ts";
import { EventReader } from "../support/event-source.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";

const chatty = `function handle(req, print) {
  if (req.query.say) print(req.query.say);
  if (req.query.fail) throw new Error(req.query.fail);
  return { status: 201 };
}`;

async function logs(api: Api, path: string): Promise<LogLineView[]> {
  const answer = await api.get(`/api/logs${path}`);
  assert.equal(answer.status, 200, answer.text);
  const { lines, count } = answer.json() as { lines: LogLineView[]; count: number };
  assert.equal(lines.length, count);
  return lines;
}

const textsOf = (lines: readonly LogLineView[]) => lines.map(({ text }) => text);

test("what a function prints and how its calls went can be read at once", async (t) => {
  const clock = new ManualClock();
  const { api, deploy } = await bootFunctions(t, { clock });
  await deploy("/alice/chat", chatty);
  await api.post("/alice/chat/deeper?say=hi", "");
  await api.get("/alice/chat?fail=boom");
  const at = new Date(clock.now()).toISOString();
  const call = { duration_ms: 1.5, cold: false, volunteer_id: "fake" };
  assert.deepEqual(await logs(api, "/alice/chat"), [
    { at, level: "info", stream: "stdout", text: "hi", revision: 1 },
    {
      at,
      level: "call",
      stream: null,
      text: "POST /alice/chat/deeper 201 1.5 ms",
      revision: 1,
      call: { method: "POST", path: "/alice/chat/deeper", status: 201, ...call },
    },
    { at, level: "error", stream: null, text: "boom", revision: 1 },
    {
      at,
      level: "call",
      stream: null,
      text: "GET /alice/chat 500 1.5 ms",
      revision: 1,
      call: { method: "GET", path: "/alice/chat", status: 500, ...call },
    },
  ]);
});

test("logs are narrowed by level, text, time and number of lines", async (t) => {
  const clock = new ManualClock();
  const { api, deploy } = await bootFunctions(t, { clock });
  await deploy("/alice/chat", chatty);
  await api.get("/alice/chat?say=apple");
  clock.advance(60_000);
  const since = new Date(clock.now()).toISOString();
  await api.get("/alice/chat?say=Pineapple&fail=bad+apple");
  assert.deepEqual(textsOf(await logs(api, "/alice/chat?q=APPLE")), ["apple", "Pineapple", "bad apple"]);
  assert.deepEqual(textsOf(await logs(api, "/alice/chat?level=error")), ["bad apple"]);
  assert.equal((await logs(api, "/alice/chat?level=call")).length, 2);
  assert.equal((await logs(api, `/alice/chat?since=${since}`)).length, 3);
  assert.equal((await logs(api, "/alice/chat?since=30s")).length, 3);
  assert.equal((await logs(api, "/alice/chat?since=2m")).length, 5);
  assert.deepEqual(textsOf(await logs(api, "/alice/chat?limit=1&level=info")), ["Pineapple"]);
  for (const [query, part] of [
    ["since=yesterday", /since must be an instant/],
    ["level=warn", /level must be one of/],
    ["limit=1001", /limit/],
    ["q=", /q must not be empty/],
    ["tail=1", /tail/],
  ] as const) {
    assertProblem(await api.get(`/api/logs/alice/chat?${query}`), 400, "invalid_request", part);
  }
});

test("each function has a log of its own, which its removal leaves and a slip does not find", async (t) => {
  const { api, deploy } = await bootFunctions(t);
  await deploy("/alice/chat", chatty);
  await deploy("/alice/chat/room", chatty);
  await deploy("/bob/chat", chatty);
  await api.get("/alice/chat/room?say=in");
  await api.get("/bob/chat?say=bobs+secret");
  assert.deepEqual(await logs(api, "/alice/chat"), []);
  assert.equal((await logs(api, "/alice/chat/room")).length, 2);
  await api.send("DELETE", "/api/deploy/alice/chat/room");
  assert.equal((await logs(api, "/alice/chat/room")).length, 2);
  assertProblem(await api.get("/api/logs/alice/chatt"), 404, "function_not_found");
  assertProblem(await api.get("/api/logs/alice/chatt?follow"), 404, "function_not_found");
  assertProblem(await api.get("/api/logs/api/chat"), 400, "invalid_request");
});

test("logs are there after a restart", async (t) => {
  const first = await bootFunctions(t);
  await first.deploy("/alice/chat", chatty);
  await first.api.get("/alice/chat?say=before");
  await first.stop();
  const { api } = await bootFunctions(t, { flags: { dataDir: first.dataDir } });
  await api.get("/alice/chat?say=after");
  assert.deepEqual(textsOf(await logs(api, "/alice/chat?level=info")), ["before", "after"]);
});

test("lines are deleted when they are a week old", async (t) => {
  const clock = new ManualClock();
  const { api, deploy } = await bootFunctions(t, { clock });
  await deploy("/alice/chat", chatty);
  await api.get("/alice/chat?say=old");
  assert.equal((await logs(api, "/alice/chat")).length, 2);
  clock.advance(logLimits.retentionMs + 60_000);
  await api.get("/alice/chat?say=new");
  assert.deepEqual(textsOf(await logs(api, "/alice/chat?level=info")), ["new"]);
});

test("a log can be followed: the past first, then each line as it comes, and on from the last one seen", async (t) => {
  const { api, url, deploy, stop } = await bootFunctions(t);
  await deploy("/alice/chat", chatty);
  await api.get("/alice/chat?say=past");
  using reader = await EventReader.open(new URL("/api/logs/alice/chat?follow&level=info", url));
  assert.equal(reader.response.headers["content-type"], "text/event-stream; charset=utf-8");
  const past = await reader.next();
  assert.partialDeepStrictEqual(past, { event: "log", data: { text: "past", stream: "stdout" } });
  await api.get("/alice/chat?say=live");
  const live = await reader.next();
  assert.partialDeepStrictEqual(live, { event: "log", data: { text: "live", level: "info" } });
  using again = await EventReader.open(new URL("/api/logs/alice/chat?follow=1&level=info", url), {
    "last-event-id": past?.id ?? "",
  });
  assert.deepEqual(await again.next(), live);
  await stop();
  assert.equal(await reader.next(), undefined);
});
