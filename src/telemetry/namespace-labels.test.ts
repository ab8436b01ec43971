import assert from "node:assert/strict";
import { test } from "node:test";
import { NamespaceLabels, otherNamespaces } from "./namespace-labels.ts";

function make(max: number) {
  const time = { nowMs: 0 };
  const dropped: string[] = [];
  const labels = new NamespaceLabels(
    max,
    () => time.nowMs,
    (namespace) => dropped.push(namespace),
  );
  return { labels, dropped, time };
}

test("the first namespaces have labels of their own, and the rest share one", () => {
  const { labels } = make(2);
  const shown = ["a", "b", "c", "a", "d"].map((namespace) => labels.of(namespace));
  assert.deepEqual(shown, ["a", "b", otherNamespaces, "a", otherNamespaces]);
});

test("a namespace that was quiet for an hour makes room, and its figures are forgotten", () => {
  const { labels, dropped, time } = make(2);
  labels.of("a");
  time.nowMs = 1_800_000;
  labels.of("b");
  time.nowMs = 3_600_000;
  assert.equal(labels.of("c"), "c");
  assert.deepEqual(dropped, ["a"]);
  assert.equal(labels.of("a"), otherNamespaces);
  assert.equal(labels.of("b"), "b");
});

test("however many names come, labels stay few", () => {
  const { labels, time } = make(50);
  const shown = new Set<string>();
  for (let n = 0; n < 10_000; n++) {
    time.nowMs += 10;
    shown.add(labels.of(`namespace-${n}`));
  }
  assert.equal(shown.size, 51);
});
