/** Tokens as their owners use them: what they open, and what happens when they end. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { MadeToken, TokenView } from "../../src/protocol/access.ts";
import { bearerProtocol, ticketProtocol, volunteerProtocol } from "../../src/protocol/access.ts";
import { closeCodes } from "../../src/protocol/volunteer.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { adminHeaders, bearer, lockedEnv, makeToken, tokenMaker } from "../support/access.ts";
import { EventReader } from "../support/event-source.ts";
import { assertProblem, bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { refusedUpgrade, VolunteerSocket } from "../support/volunteer-socket.ts";

const locked = { env: lockedEnv };
const job = (namespace: string) => ({ job_type: "js", code: "1", namespace });
const ready = { type: "ready", capabilities: { js: true } };

test("a token is shown once, and never kept or listed as itself", async (t) => {
  const { api } = await bootOrchestrator(t, locked);
  const made = await makeToken(api, ["read:alice", "write:team-*"], { name: "ci", expires_in: 3600 });
  assert.match(made.token, /^zv_[\w-]{43}$/);
  const listed = await api.get("/api/tokens", adminHeaders);
  assert.doesNotMatch(listed.text, new RegExp(made.token));
  const { tokens } = listed.json() as { tokens: TokenView[] };
  const { token: _, ...view } = made;
  assert.deepEqual(tokens, [view]);
  assert.equal(Date.parse(view.expires_at ?? "") - Date.parse(view.created_at), 3_600_000);
});

for (const [what, body] of [
  ["no scopes", { name: "n", scopes: [] }],
  ["a scope of no kind", { name: "n", scopes: ["read"] }],
  ["a star in the middle", { name: "n", scopes: ["read:a*b"] }],
  ["a namespace that cannot be", { name: "n", scopes: ["write:Alice"] }],
  ["no name", { name: " ", scopes: ["admin"] }],
  ["a span that is none", { name: "n", scopes: ["admin"], expires_in: "soon" }],
  ["a span that is over", { name: "n", scopes: ["admin"], expires_in: -1 }],
  ["an unknown field", { name: "n", scopes: ["admin"], admin: true }],
] as const) {
  test(`no token is made with ${what}`, async (t) => {
    const { api } = await bootOrchestrator(t, locked);
    assertProblem(await api.post("/api/tokens", body, adminHeaders), 400, "invalid_request");
  });
}

test("a token says when it was used last, also after a restart", async (t) => {
  const clock = new ManualClock();
  const first = await bootOrchestrator(t, { ...locked, clock });
  const made = await makeToken(first.api, ["read:alice"]);
  clock.advance(1000);
  assert.equal((await first.api.get("/api/jobs", bearer(made.token))).status, 200);
  await first.stop();
  const second = await bootOrchestrator(t, { ...locked, clock, flags: { dataDir: first.dataDir } });
  const { tokens } = (await second.api.get("/api/tokens", adminHeaders)).json() as { tokens: TokenView[] };
  assert.equal(tokens[0]?.last_used_at, new Date(clock.now()).toISOString());
  assert.equal((await second.api.get("/api/jobs", bearer(made.token))).status, 200);
});

test("lists and streams show what the token may read, and nothing else", async (t) => {
  const { api, url } = await bootOrchestrator(t, locked);
  const { token } = await makeToken(api, ["read:alice", "read:team-*", "write:alice"]);
  using events = await EventReader.open(new URL("/api/events", url), bearer(token));
  for (const namespace of ["bob", "alice", "team-a", "teamb"]) {
    assert.equal((await api.post("/api/jobs", job(namespace), adminHeaders)).status, 201);
  }
  const listed = (await api.get("/api/jobs", bearer(token))).json() as {
    jobs: { namespace: string }[];
    total: number;
  };
  assert.deepEqual([listed.jobs.map(({ namespace }) => namespace), listed.total], [["team-a", "alice"], 2]);
  const [first, second] = [await events.next(), await events.next()];
  assert.partialDeepStrictEqual(
    [first?.data, second?.data],
    [{ namespace: "alice" }, { namespace: "team-a" }],
  );
  assertProblem(await api.get("/api/jobs?namespace=bob", bearer(token)), 403, "forbidden", /read:bob/);
  assertProblem(await api.get("/api/events?namespace=bob", bearer(token)), 403, "forbidden", /read:bob/);
  const stats = await api.get("/stats", bearer(token));
  assert.doesNotMatch(stats.text, /bob/);
  const overview = await api.get("/api/overview", bearer(token));
  assert.partialDeepStrictEqual(overview.json(), { queue: { other_namespaces: 2 } });
  assert.doesNotMatch(overview.text, /bob/);
  using live = await EventReader.open(new URL("/api/overview/events", url), bearer(token));
  for (const event of [await live.next(), await live.next()])
    assert.doesNotMatch(JSON.stringify(event), /bob/);
});

test("a job of another namespace is told like one that is not there", async (t) => {
  const { api } = await bootOrchestrator(t, locked);
  const { id } = (await api.post("/api/jobs", job("bob"), adminHeaders)).json() as { id: string };
  const missing = id.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  const { token } = await makeToken(api, ["read:alice", "write:alice"]);
  for (const [method, rest] of [
    ["GET", ""],
    ["GET", "/events"],
    ["DELETE", ""],
    ["POST", "/rerun"],
  ] as const) {
    const [hidden, absent] = [
      await api.send(method, `/api/jobs/${id}${rest}`, { headers: bearer(token) }),
      await api.send(method, `/api/jobs/${missing}${rest}`, { headers: bearer(token) }),
    ];
    assertProblem(hidden, 404, "job_not_found");
    assert.equal(hidden.text.replace(id, missing), absent.text);
  }
  const reader = await makeToken(api, ["read:bob", "write:alice"]);
  const cancelled = await api.send("DELETE", `/api/jobs/${id}`, { headers: bearer(reader.token) });
  assertProblem(cancelled, 403, "forbidden", /write:bob/);
});

test("of many jobs all or none are for the token's namespaces", async (t) => {
  const { api } = await bootOrchestrator(t, locked);
  const { token } = await makeToken(api, ["write:alice", "read:alice"]);
  const answer = await api.post("/api/jobs", [job("alice"), job("bob")], bearer(token));
  assertProblem(answer, 403, "forbidden", /write:bob/);
  assertProblem(
    await api.post("/api/jobs", { job_type: "js", code: "1" }, bearer(token)),
    403,
    "forbidden",
    /write:default/,
  );
  assert.equal(((await api.get("/api/jobs", bearer(token))).json() as { total: number }).total, 0);
});

test("an Idempotency-Key of one token tells another nothing", async (t) => {
  const { api } = await bootOrchestrator(t, locked);
  const [alice, bob] = [await makeToken(api, ["write:*"]), await makeToken(api, ["write:*"])];
  const key = { "idempotency-key": "k" };
  const first = await api.post("/api/jobs", job("alice"), { ...key, ...bearer(alice.token) });
  const second = await api.post("/api/jobs", job("bob"), { ...key, ...bearer(bob.token) });
  assert.deepEqual([first.status, second.status], [201, 201]);
  assert.equal(second.headers["idempotency-replayed"], undefined);
});

test("revocation closes streams and sockets, and answers who waits", async (t) => {
  const { api, url, volunteerUrl } = await bootOrchestrator(t, locked);
  const made = await makeToken(api, ["read:alice", "write:alice", "volunteer"]);
  using events = await EventReader.open(new URL("/api/events", url), bearer(made.token));
  const options = { headers: bearer(made.token) };
  await using socket = await VolunteerSocket.open(volunteerUrl, options);
  socket.send({ type: "ready", capabilities: { js: false, python: true } });
  await socket.nextOf("ack");
  const waiting = api.post("/api/jobs?wait=60", job("alice"), bearer(made.token));
  assert.ok(await events.next(), "the job is there");
  assert.equal((await api.send("DELETE", `/api/tokens/${made.id}`, { headers: adminHeaders })).status, 204);
  assert.equal((await socket.closed).code, closeCodes.unauthorized);
  while (await events.next());
  assertProblem(await waiting, 401, "unauthorized");
  assertProblem(await api.get("/api/jobs", bearer(made.token)), 401, "unauthorized");
  assertProblem(
    await api.send("DELETE", `/api/tokens/${made.id}`, { headers: adminHeaders }),
    404,
    "token_not_found",
  );
});

test("expiry closes what a token had opened, to the millisecond", async (t) => {
  const clock = new ManualClock();
  const { api, url } = await bootOrchestrator(t, { ...locked, clock });
  const { token } = await makeToken(api, ["read:alice"], { expires_in: "1h" });
  using events = await EventReader.open(new URL("/api/events", url), bearer(token));
  clock.advance(3_599_999);
  assert.equal((await api.get("/api/jobs", bearer(token))).status, 200);
  clock.advance(1);
  assert.equal(await events.next(), undefined);
  assertProblem(await api.get("/api/jobs", bearer(token)), 401, "unauthorized");
});

test("a ticket opens a stream once, for a short time, and is no token", async (t) => {
  const clock = new ManualClock();
  const { api, url } = await bootOrchestrator(t, { ...locked, clock });
  const { token, id } = await makeToken(api, ["read:alice"]);
  const ticketOf = async () => {
    const answer = await api.post("/api/tickets", undefined, bearer(token));
    assert.equal(answer.status, 201, answer.text);
    return (answer.json() as { ticket: string }).ticket;
  };
  const at = (ticket: string) => new URL(`/api/events?namespace=alice&ticket=${ticket}`, url);
  const used = await ticketOf();
  using events = await EventReader.open(at(used));
  assert.equal(events.response.statusCode, 200);
  const statusOf = async (ticket: string) => (await api.get(`/api/events?ticket=${ticket}`)).status;
  assert.equal(await statusOf(used), 401);
  assert.equal((await api.get(`/api/jobs?ticket=${await ticketOf()}`)).status, 401);
  assert.equal((await api.get("/api/jobs", bearer(await ticketOf()))).status, 401);
  const late = await ticketOf();
  clock.advance(30_000);
  assert.equal(await statusOf(late), 401);
  const orphan = await ticketOf();
  await api.send("DELETE", `/api/tokens/${id}`, { headers: adminHeaders });
  assert.equal(await statusOf(orphan), 401);
});

test("the volunteers' door wants the scope, however the token is shown", async (t) => {
  const { api, volunteerUrl } = await bootOrchestrator(t, locked);
  const [right, wrong] = [
    await makeToken(api, ["volunteer"]),
    await makeToken(api, ["read:*", "write:*", "invoke:*"]),
  ];
  assert.partialDeepStrictEqual(await refusedUpgrade(volunteerUrl), [401, { code: "unauthorized" }]);
  const refused = await refusedUpgrade(volunteerUrl, { headers: bearer(wrong.token) });
  assert.partialDeepStrictEqual(refused, [403, { code: "forbidden" }]);
  const issued = await api.post("/api/tickets", undefined, bearer(right.token));
  const { ticket } = issued.json() as { ticket: string };
  const ways = [
    { headers: bearer(right.token), protocols: [] },
    { headers: {}, protocols: [volunteerProtocol, bearerProtocol + right.token] },
    { headers: {}, protocols: [volunteerProtocol, ticketProtocol + ticket] },
  ];
  for (const { headers, protocols } of ways) {
    await using socket = await VolunteerSocket.open(volunteerUrl, { headers }, protocols);
    assert.equal(socket.webSocket.protocol, protocols.length > 0 ? volunteerProtocol : "");
    socket.send(ready);
    await socket.nextOf("ack");
    const listed = (await api.get("/api/volunteers", adminHeaders)).json();
    assert.partialDeepStrictEqual(listed, { volunteers: [{ trusted: true }] });
    const others = await api.get("/api/volunteers", bearer(wrong.token));
    assert.partialDeepStrictEqual(others.json(), { volunteers: [{ address: "", running: [] }] });
  }
});

test("the volunteers' door is closed to what the API is closed to", async (t) => {
  const { api, volunteerUrl } = await bootOrchestrator(t, locked);
  const maker = await tokenMaker(api);
  for (const [what, headers] of await maker.unusable()) {
    const refused = await refusedUpgrade(volunteerUrl, { headers });
    assert.partialDeepStrictEqual(refused, [401, { code: "unauthorized" }], what);
    const shown = /^Bearer (.*)/.exec(headers.authorization ?? "")?.[1];
    if (shown === undefined) continue;
    const offered = `${volunteerProtocol}, ${bearerProtocol}${shown}`;
    const again = await refusedUpgrade(volunteerUrl, { headers: { "sec-websocket-protocol": offered } });
    assert.partialDeepStrictEqual(again, [401, { code: "unauthorized" }], what);
  }
});

test("volunteers without a token are let in only when they are wished for, and are not trusted", async (t) => {
  const { api, volunteerUrl } = await bootOrchestrator(t, {
    env: { ...lockedEnv, ANONYMOUS_VOLUNTEERS: "on" },
  });
  await using socket = await VolunteerSocket.open(volunteerUrl);
  socket.send({ ...ready, lanes: true, isolation: "bubblewrap" });
  await socket.nextOf("ack");
  const listed = (await api.get("/api/volunteers", adminHeaders)).json();
  assert.partialDeepStrictEqual(listed, { volunteers: [{ trusted: false }] });
  const submit = async (placement: string) => {
    const answer = await api.post("/api/jobs", { ...job("alice"), placement }, adminHeaders);
    return (answer.json() as { id: string }).id;
  };
  const [internal, trusted, any] = [await submit("internal"), await submit("trusted"), await submit("any")];
  const { job_id, lease } = await socket.nextOf("job");
  assert.equal(job_id, any);
  socket.send({ type: "result", job_id, lease, result: 1 });
  assert.partialDeepStrictEqual((await api.get(`/api/jobs/${any}?wait=10`, adminHeaders)).json(), {
    status: "completed",
  });
  for (const id of [internal, trusted]) {
    const waiting = (await api.get(`/api/jobs/${id}`, adminHeaders)).json();
    assert.partialDeepStrictEqual(waiting, { status: "pending", waiting_for: { reason: "no_trust" } });
  }
  // A token that is not good is no reason to be taken for nobody.
  const refused = await refusedUpgrade(volunteerUrl, { headers: bearer("zv_wrong") });
  assert.partialDeepStrictEqual(refused, [401, { code: "unauthorized" }]);
});

test("a function that asks for a token wants invoke, and never sees the token", async (t) => {
  const { api, functions, deploy } = await bootFunctions(t);
  const code = "const handle = (request) => ({ body: JSON.stringify(request.headers) })";
  const made = await api.post("/api/tokens", { name: "i", scopes: ["invoke:alice"] });
  const { token } = made.json() as MadeToken;
  await deploy("/alice/open", code);
  await deploy("/alice/closed", code, { auth: "token" });
  assertProblem(await api.get("/alice/closed"), 401, "unauthorized");
  assertProblem(await api.post("/alice/closed", "x"), 401, "unauthorized");
  assertProblem(await api.get("/alice/closed", { authorization: "Bearer other" }), 401, "unauthorized");
  const other = (
    await api.post("/api/tokens", { name: "o", scopes: ["invoke:bob", "read:alice"] })
  ).json() as MadeToken;
  assertProblem(await api.get("/alice/closed", bearer(other.token)), 403, "forbidden", /invoke:alice/);
  assert.equal(functions.seen.length, 0);
  const answer = await api.get("/alice/closed", bearer(token));
  assert.equal(answer.status, 200, answer.text);
  assert.doesNotMatch(answer.text, /zv_/);
  assert.doesNotMatch((await api.get("/alice/open", bearer(token))).text, /zv_/);
  // A function's own credentials are its own.
  const own = await api.get("/alice/open", { authorization: "Bearer of-the-function" });
  assert.match(own.text, /of-the-function/);
});

test("a request that came through a proxy to an open orchestrator needs a token", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const name of ["x-forwarded-for", "x-real-ip"]) {
    assertProblem(
      await api.get("/api/jobs", { [name]: "203.0.113.7" }),
      401,
      "unauthorized",
      /REQUIRE_TOKENS/,
    );
    assert.equal((await api.get("/api/jobs", { [name]: "127.0.0.1" })).status, 200);
  }
  assertProblem(await api.get("/api/jobs", { forwarded: "for=203.0.113.7" }), 401, "unauthorized");
});

test("a client cannot hide a proxy by a header that this proxy passes on", async (t) => {
  const { api } = await bootOrchestrator(t);
  const headers = { "x-forwarded-for": "127.0.0.1", "x-real-ip": "203.0.113.7" };
  assertProblem(await api.get("/api/jobs", headers), 401, "unauthorized", /REQUIRE_TOKENS/);
});

test("who shows a token is held to it, also where nobody is asked", async (t) => {
  const { api } = await bootOrchestrator(t);
  const made = (await api.post("/api/tokens", { name: "r", scopes: ["read:alice"] })).json() as MadeToken;
  assertProblem(await api.post("/api/jobs", job("alice"), bearer(made.token)), 403, "forbidden");
  assertProblem(await api.get("/api/jobs", bearer(`${made.token}x`)), 401, "unauthorized");
  assert.equal((await api.get("/api/jobs", { authorization: "Basic x" })).status, 200);
  const { token } = (await api.get("/api/access", bearer(made.token))).json() as { token: TokenView };
  assert.deepEqual(token.scopes, ["read:alice"]);
});
