import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Looks again with every turn of the event loop until something has come true, for what sends no event. */
export async function until(isTrue: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, `it did not come true within ${withinMs} ms`);
    await nextTurn();
  }
}
