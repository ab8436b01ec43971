import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createContext, runInContext } from "node:vm";
import { prepareFunction } from "./function-source.ts";
import { stripTypes } from "./typescript.ts";

interface Exports {
  readonly default?: unknown;
  readonly handle?: unknown;
}

/** Runs the script that becomes of a function's code. */
async function evaluate(code: string): Promise<Exports> {
  const prepared = prepareFunction(code, stripTypes);
  assert.ok(prepared.ok, prepared.ok ? "" : prepared.message);
  const exports: Exports = await runInContext(prepared.script, createContext({}));
  return exports;
}

const handlerOf = async (code: string): Promise<unknown> => {
  const { default: main, handle } = await evaluate(code);
  const handler = typeof main === "function" ? main : handle;
  assert.ok(typeof handler === "function", "it has a handler");
  return handler();
};

describe("a function's code", () => {
  test("stays a script when it only looks like a module", async () => {
    // In strict code the first would throw, and `this` would be undefined.
    const sloppy = "undeclared = 7; const handle = () => [undeclared, this === globalThis];";
    for (const code of [`${sloppy} \`\nexport default 1\n\``, `/*\nimport x from 'y'\n*/ ${sloppy}`]) {
      assert.deepEqual(Array.from(Object(await handlerOf(code))), [7, true], code);
    }
  });

  test("may use the names that the transformation likes", async () => {
    const code =
      "const $module = 1, $moduleMeta = 2; export default () => $module + $moduleMeta + typeof import.meta";
    assert.equal(await handlerOf(code), "3object");
  });

  test("is hoisted and bound as in a module", async () => {
    const code =
      "const early = late(); export default function handle() { return early } function late() { return handle.name }";
    assert.equal(await handlerOf(code), "handle");
    assert.equal(await handlerOf("export { h as handle }; let h = () => 1; h = () => 2;"), 2);
  });

  test("keeps each line in its place", () => {
    const modules = [
      "export {\n  a,\n  handle\n}\nvar a, handle\nboom",
      "export\n// a comment\ndefault\nfunction () {}\n\nboom",
      "export const a = `\n\n`,\n handle = 1;\nboom",
    ];
    for (const code of modules) {
      const prepared = prepareFunction(code, stripTypes);
      assert.ok(prepared.ok);
      const lineOf = (text: string) => text.split("\n").findIndex((line) => line.includes("boom"));
      assert.equal(lineOf(prepared.script), lineOf(code), code);
    }
  });

  test("is told where it is wrong by the parser that came further", () => {
    const faults: [code: string, message: RegExp][] = [
      ["export default function () {\n  return 1 +\n}", /\(line 3, column 1\)$/],
      ["const a: number = ;", /\(line 1, column \d\d\)$/],
      ["export default 1; return 2", /\(line 1, column 19\)$/],
      ["export default 1;\nexport default 2", /Duplicate export 'default' \(line 2/],
      ["function handle() {\n  await x\n}", /\(line 2, column/],
    ];
    for (const [code, message] of faults) {
      const prepared = prepareFunction(code, stripTypes);
      assert.ok(!prepared.ok, code);
      assert.match(prepared.message, message);
    }
  });
});
