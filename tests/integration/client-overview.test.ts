/** The live picture of an orchestrator, by the SDK. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { overviewSchema } from "../../src/protocol/overview.ts";
import { ManualClock } from "../../src/stdx/clock.ts";
import { bootClient } from "../support/client.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";

const js = { job_type: "js", code: "1" } as const;

test("an overview tells of what waits, who is there and what is busy", async (t) => {
  const { client, api, volunteerUrl } = await bootClient(t);
  await client.jobs.submitMany(Array(3).fill({ ...js, namespace: "alice" }));
  await client.jobs.submit({ job_type: "lua", code: "return 1" });
  await using volunteer = await VolunteerSocket.open(volunteerUrl);
  volunteer.send({ type: "ready", capabilities: { js: true }, lanes: true, slots: 2, isolation: "browser" });
  await volunteer.nextOf("job");
  await volunteer.nextOf("job");
  const overview = await client.overview({ minutes: 1 });
  assert.deepEqual(overview.slots, { total: 2, busy: 2 });
  assert.deepEqual(overview.volunteers.by_kind, { native: 0, browser: 1, internal: 0, other: 0 });
  assert.equal(overview.queue.waiting, 2);
  assert.equal(overview.queue.by_language.lua, 1);
  assert.deepEqual(
    overview.queue.by_namespace.toSorted((a, b) => a.namespace.localeCompare(b.namespace)),
    [
      { namespace: "alice", waiting: 1 },
      { namespace: "default", waiting: 1 },
    ],
  );
  overviewSchema.strict().parse((await api.get("/api/overview")).json());
});

test("the stream begins with an overview and ticks each second", async (t) => {
  const clock = new ManualClock();
  const { client } = await bootClient(t, { clock });
  const accepted: number[] = [];
  for await (const event of client.watchOverview()) {
    if (event.type === "overview") {
      assert.equal(event.overview.point.jobs_accepted, 0);
    } else {
      accepted.push(event.tick.point.jobs_accepted);
      if (accepted.length === 2) break;
    }
    await client.jobs.submit(js);
    clock.advance(1000);
  }
  assert.deepEqual(accepted, [1, 1]);
});

test("calls of functions count, and those that go wrong apart", async (t) => {
  const clock = new ManualClock();
  const { client } = await bootClient(t, { clock });
  const code = "function handle(req) { if (req.query.bad) throw new Error('no'); return { body: 'x' } }";
  await client.functions.deploy("alice", "f", { runtime: "js", code });
  await client.functions.call("alice", "f");
  await client.functions.call("alice", "f", { query: { bad: 1 } });
  clock.advance(1000);
  const { point, latency } = await client.overview();
  assert.deepEqual([point.calls_ok, point.calls_failed], [1, 1]);
  assert.equal(latency.call?.count, 2);
});

test("an overview of more minutes than are kept is refused", async (t) => {
  const { client } = await bootClient(t);
  await assert.rejects(client.overview({ minutes: 11 }), { code: "invalid_request", status: 400 });
});
