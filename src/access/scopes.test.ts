import assert from "node:assert/strict";
import { test } from "node:test";
import { Scopes } from "./scopes.ts";

test("a verb on a namespace is that and no more", () => {
  const scopes = new Scopes(["read:alice"]);
  assert.equal(scopes.may("read", "alice"), true);
  for (const [verb, namespace] of [
    ["write", "alice"],
    ["invoke", "alice"],
    ["read", "alice2"],
    ["read", "alic"],
    ["read", "*"],
    ["read", ""],
  ] as const) {
    assert.equal(scopes.may(verb, namespace), false, `${verb}:${namespace}`);
  }
  assert.deepEqual(
    [scopes.admin, scopes.volunteer, scopes.maySome("read"), scopes.maySome("write")],
    [false, false, true, false],
  );
});

test("a star at the end stands for any ending, none included", () => {
  const scopes = new Scopes(["write:team-*"]);
  for (const namespace of ["team-", "team-a", "team-a-b"])
    assert.ok(scopes.may("write", namespace), namespace);
  for (const namespace of ["team", "ateam-a", "alice"]) assert.ok(!scopes.may("write", namespace), namespace);
  assert.equal(scopes.mayAll("write"), false);
});

test("a star alone is every namespace", () => {
  const scopes = new Scopes(["invoke:*"]);
  assert.equal(scopes.may("invoke", "anything"), true);
  assert.equal(scopes.mayAll("invoke"), true);
  assert.equal(scopes.maySome("read"), false);
});

test("an administrator may everything", () => {
  const scopes = new Scopes(["admin"]);
  for (const verb of ["read", "write", "invoke"] as const)
    assert.ok(scopes.may(verb, "alice") && scopes.mayAll(verb));
  assert.ok(scopes.admin && scopes.volunteer);
});

test("no scope is no right", () => {
  assert.ok(!Scopes.none.maySome("read") && !Scopes.none.volunteer && !Scopes.none.admin);
});
