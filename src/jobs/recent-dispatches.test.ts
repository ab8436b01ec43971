import assert from "node:assert/strict";
import { test } from "node:test";
import type { JobId } from "../stdx/ids.ts";
import { RecentDispatches } from "./recent-dispatches.ts";

test("the last so many are kept, and what is older is forgotten", () => {
  const recent = new RecentDispatches(2);
  for (const [at, id] of ["a", "b", "c", "d", "e"].entries()) recent.note(id as JobId, at);
  assert.deepEqual(
    ["a", "b", "c", "d", "e", "f"].map((id) => recent.of(id)),
    [undefined, undefined, 2, 3, 4, undefined],
  );
});
