import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeCellHost, FakeRun } from "../../tests/support/fake-cells.ts";
import { jobMessage, laneForTest } from "../../tests/support/lanes.ts";
import { settled } from "../../tests/support/settled.ts";
import type { VolunteerMessage } from "../protocol/volunteer.ts";

const types = (sent: readonly VolunteerMessage[]) => sent.map(({ type }) => type);

/** The run at its turn, wherever it is. */
function running({ cells }: FakeCellHost): FakeRun | undefined {
  for (const cell of cells) if (cell.alive && cell.runs[0]) return cell.runs[0];
  return undefined;
}

/** Gives the lane jobs of so many milliseconds for a minute, the next one when it has none. @returns how long it was busy */
async function aMinuteOf(jobMs: number, share: number, canSuspend: boolean): Promise<number> {
  const { lane, cells, clock } = laneForTest(share);
  const endsAt = clock.monotonic() + 60_000;
  let busyMs = 0;
  let leftMs = jobMs;
  while (clock.monotonic() < endsAt) {
    if (lane.size === 0) {
      if (lane.isOpen) lane.assign(jobMessage());
      leftMs = jobMs;
    }
    const run = running(cells);
    const [cell] = cells.cells;
    if (cell) cell.canSuspend = canSuspend;
    clock.advance(1);
    if (!run || cell?.suspended) continue;
    busyMs++;
    if (--leftMs > 0) continue;
    run.complete("1");
    await settled();
  }
  return busyMs;
}

for (const { jobMs, share } of [
  { jobMs: 1, share: 0.25 },
  { jobMs: 30, share: 0.25 },
  { jobMs: 2500, share: 0.25 },
  { jobMs: 7, share: 0.8 },
  { jobMs: 100, share: 0.05 },
]) {
  for (const canSuspend of [true, false]) {
    const where = canSuspend ? "where cells can be stopped" : "where they cannot";
    test(`over jobs of ${jobMs} ms a slot keeps to ${share * 100}%, ${where}`, async () => {
      const busy = (await aMinuteOf(jobMs, share, canSuspend)) / 60_000;
      assert.ok(Math.abs(busy - share) < 0.04, `it was busy for ${Math.round(busy * 100)}%`);
    });
  }
}

test("one long job is stopped and continued, so that it too keeps to the share", async () => {
  const { lane, cells, clock } = laneForTest(0.25);
  lane.assign(jobMessage());
  let busyMs = 0;
  for (let ms = 0; ms < 10_000; ms++) {
    clock.advance(1);
    if (cells.cells[0]?.suspended === false) busyMs++;
  }
  assert.ok(Math.abs(busyMs - 2500) < 200, `${busyMs} ms`);
});

test("what was stopped when its answer came goes on before it gets the next job", async () => {
  const { lane, cells, clock } = laneForTest(0.25);
  lane.assign(jobMessage());
  const cell = cells.cells[0];
  while (cell?.suspended === false) clock.advance(1);
  running(cells)?.complete("1");
  await settled();
  assert.equal(cell?.suspended, false);
});

test("a slot that rests for longer says so, gives back what waits, and later takes work again", async () => {
  const { lane, cells, sent, opened, clock } = laneForTest(0.25);
  lane.assign(jobMessage());
  const ahead = jobMessage();
  lane.assign(ahead);
  if (cells.cells[0]) cells.cells[0].canSuspend = false;
  clock.advance(40);
  running(cells)?.complete("1");
  await settled();
  assert.deepEqual(types(sent), ["result", "return"]);
  assert.deepEqual(opened, [false]);
  const late = jobMessage();
  lane.assign(late);
  assert.deepEqual(sent.at(-1), { type: "return", job_id: late.job_id, lease: late.lease });
  // Forty milliseconds of work and ninety for the start of its cell, of which ten are within the share.
  clock.advance(470);
  assert.deepEqual(opened, [false]);
  clock.advance(11);
  assert.deepEqual(opened, [false, true]);
  lane.assign(jobMessage());
  assert.ok(running(cells));
});

test("namespaces in turn cost a cell each, and that counts as well", async () => {
  const { lane, cells, clock } = laneForTest(0.25);
  const fromMs = clock.monotonic();
  for (let turn = 0; turn < 20; turn++) {
    lane.assign(jobMessage({ namespace: turn % 2 === 0 ? "alice" : "bob" }));
    clock.advance(10);
    running(cells)?.complete("1");
    await settled();
    while (!lane.isOpen) clock.advance(1);
  }
  const share = (20 * (10 + 90)) / (clock.monotonic() - fromMs);
  assert.ok(Math.abs(share - 0.25) < 0.02, `${share}`);
});

test("a slot that rests between jobs gives its cell one at a time", () => {
  const { lane, cells } = laneForTest(0.5);
  lane.assign(jobMessage());
  lane.assign(jobMessage());
  assert.equal(cells.cells[0]?.runs.length, 1);
});

test("all of the time given again, the rest is over at once", async () => {
  const { lane, cells, opened, clock } = laneForTest(0.25);
  lane.assign(jobMessage());
  if (cells.cells[0]) cells.cells[0].canSuspend = false;
  clock.advance(1000);
  running(cells)?.complete("1");
  await settled();
  lane.share = 1;
  assert.deepEqual(opened, [false, true]);
});

test("a paused slot finishes what runs, gives back what waits, and takes nothing until it is resumed", async () => {
  const { lane, cells, sent, opened } = laneForTest(1);
  lane.assign(jobMessage());
  lane.assign(jobMessage());
  const head = running(cells);
  cells.cells[0]?.runs[1]?.withdraw();
  lane.pause(false);
  await settled();
  head?.complete("1");
  await settled();
  lane.assign(jobMessage());
  assert.deepEqual(types(sent).sort(), ["result", "return", "return"]);
  lane.resume();
  lane.assign(jobMessage());
  assert.ok(running(cells));
  assert.deepEqual(opened, [false, true]);
});

test("a paused slot that gives up what runs says so, so that another one runs it", async () => {
  const { lane, cells, sent } = laneForTest(1);
  lane.assign(jobMessage());
  lane.pause(true);
  await settled();
  assert.equal(cells.cells[0]?.alive, false);
  assert.deepEqual(
    sent.map((message) => message.type === "error" && message.code),
    ["volunteer_error"],
  );
});
