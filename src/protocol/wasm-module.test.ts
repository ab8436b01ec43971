/// <reference path="../sandbox/kernel/webassembly.d.ts" />
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import fc from "fast-check";
import { assemble } from "../../tests/support/wat.ts";
import { inspectWasm } from "./wasm-module.ts";

const glue = new Uint8Array(readFileSync(createRequire(import.meta.url).resolve("wasmoon/dist/glue.wasm")));

function problemOf(bytes: Uint8Array | number[]): string {
  const inspection = inspectWasm(Uint8Array.from(bytes));
  assert.ok(!inspection.ok);
  return inspection.problem;
}

const preamble = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

describe("inspectWasm", () => {
  test("lists what a module asks for and offers.", async () => {
    const inspection = inspectWasm(
      await assemble(`(module
        (import "env" "f" (func (param i32))) (import "env" "m" (memory 1 3)) (import "a" "g" (global (mut i64)))
        (import "a" "t" (table 2 externref)) (import "a" "e" (tag (param i32)))
        (memory (export "memory") 2) (table 3 4 funcref) (func (export "run")) (global (export "é") i32 (i32.const 0)))`),
    );
    assert.ok(inspection.ok);
    const { imports, exports, memories, tables } = inspection.module;
    assert.deepEqual(
      imports.map(({ module, name, kind, limits }) => [module, name, kind, limits?.initial, limits?.maximum]),
      [
        ["env", "f", "function", undefined, undefined],
        ["env", "m", "memory", 1, 3],
        ["a", "g", "global", undefined, undefined],
        ["a", "t", "table", 2, undefined],
        ["a", "e", "tag", undefined, undefined],
      ],
    );
    assert.deepEqual(exports, [
      { name: "memory", kind: "memory" },
      { name: "run", kind: "function" },
      { name: "é", kind: "global" },
    ]);
    assert.deepEqual(memories, [{ initial: 2, maximum: undefined }]);
    assert.deepEqual(
      tables.map(({ initial, maximum }) => [initial, maximum]),
      [[3, 4]],
    );
  });

  test("agrees with the engine about a real module.", () => {
    const inspection = inspectWasm(glue);
    assert.ok(inspection.ok);
    const module = new WebAssembly.Module(glue);
    assert.deepEqual(
      inspection.module.imports.map(({ module, name, kind }) => ({ module, name, kind })),
      WebAssembly.Module.imports(module).map(({ module, name, kind }) => ({ module, name, kind })),
    );
    assert.deepEqual(
      inspection.module.exports,
      WebAssembly.Module.exports(module).map(({ name, kind }) => ({ name, kind })),
    );
  });

  test("takes the smallest module there is.", () => {
    assert.ok(inspectWasm(Uint8Array.from(preamble)).ok);
  });

  const problems: [name: string, bytes: number[], problem: RegExp][] = [
    ["nothing", [], /do not begin/],
    ["other bytes", [1, 2, 3, 4, 5, 6, 7, 8], /do not begin/],
    ["the text format", [...new TextEncoder().encode("(module)")], /text.*wat2wasm/],
    ["a cut preamble", preamble.slice(0, 6), /ends before its version/],
    ["another version", [0, 0x61, 0x73, 0x6d, 2, 0, 0, 0], /version is not 1/],
    ["a component", [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0], /component/],
    ["a section without a size", [...preamble, 5], /cut off/],
    ["a section longer than the module", [...preamble, 5, 100], /longer than what follows/],
    ["a number too long", [...preamble, 5, 0x80, 0x80, 0x80, 0x80, 0x80, 1], /longer than 32 bits/],
    ["a number too large", [...preamble, 5, 0xff, 0xff, 0xff, 0xff, 0x1f], /longer than 32 bits/],
    ["a list longer than its section", [...preamble, 5, 1, 2], /cut off/],
    ["a section longer than its list", [...preamble, 5, 4, 1, 0, 1, 0], /longer than what it lists/],
    ["more imports than anyone has", [...preamble, 2, 5, 0xff, 0xff, 0xff, 0xff, 0x0f], /4294967295 imports/],
    ["a name longer than its section", [...preamble, 7, 4, 1, 9, 97, 97], /longer than what follows/],
    ["a name that is not UTF-8", [...preamble, 7, 5, 1, 1, 0xff, 0, 0], /not UTF-8/],
    ["an unknown kind", [...preamble, 7, 5, 1, 1, 97, 9, 0], /unknown kind 9/],
    ["memory of an unknown kind", [...preamble, 5, 3, 1, 0x08, 1], /unknown kind/],
    ["shared memory", [...preamble, 5, 4, 1, 3, 1, 1], /shared memory/],
    ["64-bit memory", [...preamble, 5, 3, 1, 4, 1], /64-bit memory/],
    [
      "a table with an initial value",
      [...preamble, 4, 8, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70],
      /initial value/,
    ],
  ];
  for (const [name, bytes, problem] of problems) {
    test(`refuses ${name}.`, () => assert.match(problemOf(bytes), problem));
  }

  test("answers to any bytes with an outline or a sentence.", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        const inspection = inspectWasm(Uint8Array.from([...preamble, ...rest]));
        assert.ok(inspection.ok || /^[A-Z].*\.$/.test(inspection.problem));
      }),
      { numRuns: 2000 },
    );
  });

  test("finds in every damaged module that the engine still takes what the engine finds.", () => {
    const start = glue.length > 5000 ? glue.slice(0, 5000) : glue;
    const damage = fc.array(fc.tuple(fc.nat(start.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(damage, (places) => {
        const bytes = glue.slice();
        for (const [at, value] of places) bytes[at] = value;
        const inspection = inspectWasm(bytes);
        if (!WebAssembly.validate(bytes)) return;
        if (!inspection.ok) {
          assert.match(inspection.problem, /shared|64-bit|initial value/);
          return;
        }
        const module = new WebAssembly.Module(bytes);
        assert.deepEqual(
          inspection.module.imports.map(({ module, name, kind }) => [module, name, kind]),
          WebAssembly.Module.imports(module).map(({ module, name, kind }) => [module, name, kind]),
        );
        assert.equal(inspection.module.exports.length, WebAssembly.Module.exports(module).length);
      }),
      { numRuns: 60 },
    );
  });
});
