import assert from "node:assert/strict";
import { test } from "node:test";
import { mentionsDatabase } from "./database-use.ts";

const looks: readonly (readonly [code: string, uses: boolean])[] = [
  ["db.set('a', 1)", true],
  ["import db\ndb.get('a')", true],
  ["from db import get", true],
  ["globalThis['db'].get('a')", true],
  ["local kv = db", true],
  ["const dbs = mydb + db_url + feedback", false],
  ["return 42", false],
  ["", false],
];
for (const [code, uses] of looks) {
  test(`${JSON.stringify(code)} ${uses ? "may ask" : "does not ask"} the database`, () => {
    assert.equal(mentionsDatabase(code), uses);
  });
}
