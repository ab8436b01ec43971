/** Rates: who asks too often is told so, and when to come again; others are served. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bearerProtocol, volunteerProtocol } from "../../src/protocol/access.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { adminHeaders, bearer, lockedEnv, makeToken } from "../support/access.ts";
import type { Answer } from "../support/api.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { refusedUpgrade } from "../support/volunteer-socket.ts";

const times = async (count: number, ask: () => Promise<Answer>) => {
  const statuses: number[] = [];
  for (let at = 0; at < count; at++) statuses.push((await ask()).status);
  return statuses;
};

test("an address without a token has its rate, bursts of ten seconds included", async (t) => {
  const clock = new ManualClock();
  const env = { ...lockedEnv, RATE_LIMIT_ADDRESS: "2" };
  const { api } = await bootOrchestrator(t, { env, clock });
  const first = await api.get("/info");
  assert.equal(first.headers["ratelimit-policy"], '"address";q=20;w=10');
  assert.equal(first.headers.ratelimit, '"address";r=19;t=1');
  assert.deepEqual(new Set(await times(19, () => api.get("/info"))), new Set([200]));
  const refused = await api.get("/info");
  assertProblem(refused, 429, "rate_limited", /More than 2 requests a second of one address/);
  assert.equal(refused.headers["retry-after"], "1");
  assert.equal(refused.headers.ratelimit, '"address";r=0;t=1');
  assert.equal((await api.get("/health")).status, 200, "health is always told");
  assert.equal((await api.get("/info", adminHeaders)).status, 200, "who has a token is counted by it");
  clock.advance(500);
  assert.deepEqual(await times(2, () => api.get("/info")), [200, 429]);
});

test("who guesses tokens is counted by address, before anybody looks", async (t) => {
  const env = { ...lockedEnv, RATE_LIMIT_ADDRESS: "1" };
  const { api } = await bootOrchestrator(t, { env, clock: new ManualClock() });
  const statuses = await times(12, () => api.get("/api/jobs", bearer("zv_guess")));
  assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
});

test("who guesses tokens at the volunteers' door is counted too, whichever way they are shown", async (t) => {
  const env = { ...lockedEnv, RATE_LIMIT_ADDRESS: "1" };
  const { volunteerUrl } = await bootOrchestrator(t, { env, clock: new ManualClock() });
  const guess = [volunteerProtocol, `${bearerProtocol}zv_guess`];
  const statuses: number[] = [];
  for (let at = 0; at < 12; at++) {
    const [status] = await (at % 2 === 0
      ? refusedUpgrade(volunteerUrl, { headers: bearer("zv_guess") })
      : refusedUpgrade(volunteerUrl, {}, guess));
    statuses.push(status);
  }
  assert.deepEqual(statuses, [...Array(10).fill(401), 429, 429]);
});

test("each token has its own rate", async (t) => {
  const env = { ...lockedEnv, RATE_LIMIT_TOKEN: "1" };
  const { api } = await bootOrchestrator(t, { env, clock: new ManualClock() });
  const [one, other] = [await makeToken(api, ["read:*"]), await makeToken(api, ["read:*"])];
  assert.deepEqual(await times(11, () => api.get("/api/jobs", bearer(one.token))), [
    ...Array(10).fill(200),
    429,
  ]);
  assert.equal((await api.get("/api/jobs", bearer(other.token))).status, 200);
});

test("a namespace's functions and things have a rate, whoever asks", async (t) => {
  const env = { ...lockedEnv, RATE_LIMIT_NAMESPACE: "1" };
  const { api } = await bootFunctions(t, { env, clock: new ManualClock() });
  const code = "const handle = () => ({})";
  for (const path of ["/alice/f", "/bob/f"]) {
    const made = await api.post(`/api/deploy${path}`, { runtime: "js", code }, adminHeaders);
    assert.equal(made.status, 201, made.text);
  }
  assert.deepEqual(await times(10, () => api.get("/alice/f")), [...Array(9).fill(200), 429]);
  assertProblem(await api.get("/alice/f"), 429, "rate_limited", /for one namespace/);
  assertProblem(await api.get("/api/db/alice", adminHeaders), 429, "rate_limited", /for one namespace/);
  assert.equal((await api.get("/bob/f")).status, 200);
});

test("behind a proxy that is ours, clients are counted apart; nobody else is believed", async (t) => {
  const env = { ...lockedEnv, RATE_LIMIT_ADDRESS: "1", TRUST_PROXY: "127.0.0.0/8, 10.0.0.1" };
  const { api } = await bootOrchestrator(t, { env, clock: new ManualClock() });
  const from = (list: string) => times(11, () => api.get("/info", { "x-forwarded-for": list }));
  const tenThenNone = [...Array(10).fill(200), 429];
  assert.deepEqual(await from("203.0.113.1"), tenThenNone);
  assert.deepEqual(await from("203.0.113.2, 10.0.0.1"), tenThenNone);
  // What a client wrote in front of what our proxy noted changes nothing.
  assert.deepEqual(new Set(await from("198.51.100.9, 203.0.113.2")), new Set([429]));
  assert.deepEqual(await from("2001:db8::1"), tenThenNone);
  assert.deepEqual(new Set(await from("2001:db8:0:0:ffff::2")), new Set([429]));
});
