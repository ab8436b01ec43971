import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { assertProblem, bootFunctions, type FunctionDesk } from "../support/functions.ts";

const callers = 24;
const deployments = 60;
/** Some revisions are slow, so that calls of theirs are under way when the next comes. */
const saying = (revision: number) => `async function handle() {
  for (let turns = 0; turns < ${revision % 3} * 5; turns++) await new Promise((resolve) => setImmediate(resolve));
  return { body: "${revision}" };
}`;

/** One caller's connection, which it keeps. */
function caller({ url }: FunctionDesk, agent: Agent): () => Promise<{ status: number; body: string }> {
  return () => {
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const sent = request(new URL("/alice/hello/deeper", url), { agent }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    sent.on("error", reject).end();
    return promise;
  };
}

test("while a function is redeployed under load, no call that begins after a 201 gets old code, and none is dropped", async (t) => {
  const desk = await bootFunctions(t);
  await desk.deploy("/alice/hello", saying(1));
  /** The last revision whose deployment was answered. */
  let acknowledged = 1;
  let running = true;
  let calls = 0;
  const stale: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  t.after(() => agent.destroy());
  const call = caller(desk, agent);
  const load = Array.from({ length: callers }, async () => {
    while (running) {
      const atLeast = acknowledged;
      const { status, body } = await call();
      calls++;
      assert.equal(status, 200, body);
      if (Number(body) < atLeast) stale.push(`${body} after the 201 of ${atLeast}`);
    }
  });
  for (let number = 2; number <= deployments; number++) {
    const { revision } = await desk.deploy("/alice/hello", saying(number));
    assert.equal(revision, number);
    acknowledged = number;
  }
  running = false;
  await Promise.all(load);
  t.diagnostic(`${calls} calls during ${deployments - 1} deployments`);
  assert.deepEqual(stale, []);
  assert.ok(calls > 2 * deployments);
  const retired = new Set(desk.functions.retired);
  assert.equal(retired.size, deployments - 1);
});

test("rolling back and forth under load switches as strictly", async (t) => {
  const desk = await bootFunctions(t);
  await desk.deploy("/alice/hello", saying(1));
  await desk.deploy("/alice/hello", saying(2));
  let expected: string | undefined = "2";
  let running = true;
  const wrong: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  t.after(() => agent.destroy());
  const call = caller(desk, agent);
  const load = Array.from({ length: callers }, async () => {
    while (running) {
      const before = expected;
      const { status, body } = await call();
      assert.equal(status, 200, body);
      // Between a change and its answer either is right.
      if (before !== undefined && before === expected && body !== before) wrong.push(body);
    }
  });
  for (let turn = 0; turn < 40; turn++) {
    const revision = 1 + (turn % 2);
    expected = undefined;
    const answer = await desk.api.send("PUT", "/api/deploy/alice/hello", { body: { revision } });
    assert.equal(answer.status, 200, answer.text);
    expected = `${revision}`;
    await call();
  }
  running = false;
  await Promise.all(load);
  assert.deepEqual(wrong, []);
});

test("a call whose revision is retired while it waits is made of the one in its place", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/hello", saying(1));
  functions.script({ kind: "retired" });
  assert.equal((await api.get("/alice/hello")).text, "1");
  assert.equal(functions.seen.length, 2);
});

test("a call whose function is removed while it waits goes to the next shorter path, or to nobody", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/hello/deep", saying(1));
  const removing = async (path: string) => {
    const waiting = Promise.withResolvers<void>();
    functions.script({ kind: "retired" });
    functions.before = () => waiting.promise;
    const removed = api.send("DELETE", `/api/deploy${path}`);
    const answered = api.get("/alice/hello/deep/er");
    // The removal waits for the calls that are out; by now it is in the router.
    while ((await api.get(`/api/deploy${path}`)).status !== 404);
    functions.before = () => undefined;
    waiting.resolve();
    assert.equal((await removed).status, 204);
    return answered;
  };
  await deploy("/alice/hello", "function handle(req) { return { body: req.route }; }");
  assert.equal((await removing("/alice/hello/deep")).text, "/deep/er");
  assertProblem(await removing("/alice/hello"), 404, "function_not_found");
});

test("a deployment waits for the calls of the revision that it replaces", async (t) => {
  const { api, deploy, functions } = await bootFunctions(t);
  await deploy("/alice/hello", saying(1));
  const begun = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  functions.before = () => {
    begun.resolve();
    return held.promise;
  };
  const old = api.get("/alice/hello");
  await begun.promise;
  functions.before = () => undefined;
  let replaced = false;
  const deployed = deploy("/alice/hello", saying(2)).then(() => {
    replaced = true;
  });
  // The new revision answers as soon as it is stored, and the 201 comes when nobody can hear of the old one any more.
  while ((await api.get("/alice/hello")).text !== "2");
  assert.equal(replaced, false);
  held.resolve();
  assert.equal((await old).text, "1");
  await deployed;
});
