import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobId } from "../stdx/ids.ts";
import { RecentDispatches } from "./recent-dispatches.ts";

test("the last so many are kept, and what is older is forgotten", () => {
  const recent = new RecentDispatches(2);
  for (const [at, id] of ["a", "b", "c"].entries()) recent.note(id as JobId, at);
  assert.deepEqual(
    ["a", "b", "c", "d"].map((id) => recent.of(id)),
    [undefined, 1, 2, undefined],
  );
});
