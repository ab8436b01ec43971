import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../tests/support/wat.ts";
import type { Cid } from "../stdx/ids.ts";
import { DatabaseModules } from "./database-modules.ts";

const asks = await assemble('(module (import "env" "db_get" (func (param i32 i32) (result i32))))');
const asksNot = await assemble(
  '(module (import "env" "get_input" (func (result i32))) (import "other" "db_get" (func)))',
);

function modulesOf(blocks: Readonly<Record<string, Uint8Array | Error>>) {
  const read: Cid[] = [];
  const modules = new DatabaseModules({
    get: async (cid) => {
      read.push(cid);
      const block = blocks[cid];
      if (block instanceof Error) throw block;
      return block;
    },
  });
  return {
    read,
    uses: (name: string) => modules.uses(name as Cid),
    mayUse: (name: string) => modules.mayUse(name as Cid),
  };
}

test("a module uses the database when it imports one of its functions", async () => {
  const { uses } = modulesOf({ asks, asksNot });
  assert.equal(await uses("asks"), true);
  assert.equal(await uses("asksNot"), false);
});

test("a module is read once, however many ask at once and later", async () => {
  const { uses, mayUse, read } = modulesOf({ asksNot });
  await Promise.all([uses("asksNot"), uses("asksNot")]);
  await uses("asksNot");
  assert.equal(mayUse("asksNot"), false);
  assert.deepEqual(read, ["asksNot"]);
});

test("what was not looked at, cannot be read or is no module may do anything", async () => {
  const { uses, mayUse } = modulesOf({
    broken: new Error("The disk is gone."),
    text: Uint8Array.of(1, 2, 3),
    asksNot,
  });
  assert.equal(mayUse("asksNot"), true);
  assert.equal(await uses("broken"), true);
  assert.equal(await uses("text"), true);
  assert.equal(await uses("absent"), true);
});
