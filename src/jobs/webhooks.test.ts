import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { JobDesk } from "../../tests/support/job-desk.ts";
import { settled } from "../../tests/support/settled.ts";

const url = "https://receiver.test/hook";
const minute = 60_000;

/** A desk on which one job with a webhook is cancelled, which is the shortest way to an end. */
async function endOne(desk: JobDesk, callbackUrl = url): Promise<string> {
  const id = await desk.submit({ callback_url: callbackUrl });
  await desk.jobs.cancel(id);
  await settled();
  await settled();
  return id;
}

describe("a webhook", () => {
  test("tells how the job ended, once that is stored", async () => {
    const desk = new JobDesk();
    const id = await endOne(desk);
    const [call, ...more] = desk.receiver.received;
    assert.ok(call);
    assert.deepEqual(more, []);
    assert.equal(call.url, url);
    const { type, data } = JSON.parse(call.message.body);
    assert.equal(type, "job.cancelled");
    assert.deepEqual(
      [data.id, data.status, data.result, data.result_omitted],
      [id, "cancelled", null, false],
    );
    assert.equal((await desk.store.get(data.id))?.state.status, "cancelled");
  });

  test("is signed so that a receiver who has the secret can tell", async () => {
    const desk = new JobDesk();
    await endOne(desk);
    const message = desk.receiver.received[0]?.message;
    assert.ok(message);
    const key = Buffer.from(desk.webhooks.secretOf("default").slice(6), "base64");
    const signed = `${message.headers["webhook-id"]}.${message.headers["webhook-timestamp"]}.${message.body}`;
    const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
    assert.equal(message.headers["webhook-signature"], expected);
  });

  test("is signed with another secret for another namespace", () => {
    const { webhooks } = new JobDesk();
    assert.match(webhooks.secretOf("alice"), /^whsec_[A-Za-z0-9+/]{43}=$/);
    assert.notEqual(webhooks.secretOf("alice"), webhooks.secretOf("bob"));
  });

  test("comes again after a failure, later each time, under the same id, until it is answered", async () => {
    const desk = new JobDesk();
    desk.receiver.answer = 500;
    await endOne(desk);
    const waits = [4_999, 1, 5 * minute];
    const counts: number[] = [];
    for (const wait of waits) {
      desk.clock.advance(wait);
      await settled();
      counts.push(desk.receiver.received.length);
      if (counts.length === 2) desk.receiver.answer = new Error("connection refused");
    }
    assert.deepEqual(counts, [1, 2, 3]);
    desk.receiver.answer = 200;
    desk.clock.advance(30 * minute);
    await settled();
    desk.clock.advance(48 * 60 * minute);
    await settled();
    assert.equal(desk.receiver.received.length, 4);
    assert.equal(new Set(desk.receiver.received.map(({ message }) => message.headers["webhook-id"])).size, 1);
    assert.deepEqual(await desk.store.webhooks.all(), []);
  });

  test("is given up after eight calls, or at once when the receiver says it is gone", async () => {
    const desk = new JobDesk();
    desk.receiver.answer = 503;
    await endOne(desk);
    for (let hours = 0; hours < 48; hours++) {
      desk.clock.advance(60 * minute);
      await settled();
    }
    assert.equal(desk.receiver.received.length, 8);
    assert.deepEqual(await desk.store.webhooks.all(), []);
    desk.receiver.answer = 410;
    await endOne(desk);
    assert.equal(desk.receiver.received.length, 9);
    assert.deepEqual(await desk.store.webhooks.all(), []);
  });

  test("is refused with the job where its address may not be called", async () => {
    const desk = new JobDesk();
    await assert.rejects(desk.submit({ callback_url: "https://forbidden.test/" }), {
      code: "invalid_request",
    });
    assert.equal(desk.live.size, 0);
  });

  test("survives a restart, before its job's end and after it", async () => {
    const before = new JobDesk();
    before.receiver.answer = 500;
    const ended = await endOne(before);
    const waiting = await before.submit({ callback_url: url });
    await before.webhooks[Symbol.asyncDispose]();

    const after = new JobDesk({ store: before.store });
    await after.webhooks.recover();
    await after.jobs.recover();
    await settled();
    assert.deepEqual(
      after.receiver.received.map(({ message }) => JSON.parse(message.body).data.id),
      [ended],
    );
    await after.jobs.cancel(waiting);
    await settled();
    await settled();
    assert.deepEqual(
      after.receiver.received.map(({ message }) => JSON.parse(message.body).data.id),
      [ended, waiting],
    );
  });

  test("to a host that never answers leaves those to others their turn", async () => {
    const desk = new JobDesk();
    desk.receiver.answer = new Promise(() => {});
    for (let count = 0; count < 40; count++) await endOne(desk, "https://slow.test/");
    assert.equal(desk.receiver.received.length, 8);
    desk.receiver.answer = 200;
    await endOne(desk);
    assert.equal(desk.receiver.received.at(-1)?.url, url);
  });
});
