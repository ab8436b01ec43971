import assert from "node:assert/strict";
import { test } from "node:test";
import { embedQuery, readEmbedOptions } from "./options.ts";

const read = (values: Readonly<Record<string, string>>) => readEmbedOptions((name) => values[name]);

test("a site that says nothing asks for half of one core, for everybody's work", () => {
  assert.deepEqual(read({}), { cores: 1, sharePercent: 50, namespaces: undefined });
});

test("what a site says holds within bounds, and nonsense is as good as nothing", () => {
  assert.deepEqual(read({ cores: "99", share: "3", namespaces: " alice, Bob!,team-1" }), {
    cores: 16,
    sharePercent: 10,
    namespaces: ["alice", "team-1"],
  });
  assert.deepEqual(read({ cores: "-1", share: "all", namespaces: ",," }), read({}));
});

test("options survive their way into the frame", () => {
  const options = { cores: 2, sharePercent: 25, namespaces: ["alice", "bob"] };
  const query = new URLSearchParams(embedQuery(options));
  assert.deepEqual(
    readEmbedOptions((name) => query.get(name)),
    options,
  );
});
