import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { moduleCases } from "../../../../tests/support/kernel-cases-wasm.ts";
import { assertCase, runInRuntime } from "../../../../tests/support/run-case.ts";
import { assemble } from "../../../../tests/support/wat.ts";
import { createWasmRuntime } from "./wasm.ts";

describe("WebAssembly", () => {
  const runtime = createWasmRuntime();
  for (const work of moduleCases) {
    test(work.name, async () => {
      assertCase(work, await runInRuntime(runtime, { ...work, module: await assemble(work.wat) }));
    });
  }
});

test("Bytes that are no module are told from one.", async () => {
  const { outcome } = await runInRuntime(createWasmRuntime(), {
    module: new TextEncoder().encode("not wasm"),
  });
  assert.ok(!outcome.ok);
  assert.equal(outcome.code, "wasm_invalid");
});

test("A module whose code is invalid is refused with the engine's reason.", async () => {
  const module = await assemble(`(module (func (export "run")))`);
  module[module.length - 1] = 0xff;
  const { outcome } = await runInRuntime(createWasmRuntime(), {
    module: Uint8Array.from([...module.slice(0, 30), 0xff]),
  });
  assert.ok(!outcome.ok);
  assert.equal(outcome.code, "wasm_invalid");
});

test("Every run of a module begins anew, and one module may run under several limits.", async () => {
  const runtime = createWasmRuntime();
  const module = await assemble(`(module (import "env" "set_output" (func $output (param i32 i32)))
    (memory (export "memory") 1) (global $n (mut i32) (i32.const 48)) (table 2 funcref) (elem (i32.const 0) $run)
    (func $run (export "run")
      (if (i32.load8_u (i32.const 8)) (then unreachable)) (i32.store8 (i32.const 8) (i32.const 1))
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (i32.store8 (i32.const 0) (global.get $n)) (call $output (i32.const 0) (i32.const 1))))`);
  for (const memoryMb of [16, 32, 16, 64]) {
    const { outcome } = await runInRuntime(runtime, { module, memoryMb });
    assert.deepEqual(outcome, { ok: true, resultJson: "1" });
  }
});

test("More modules than are kept compiled run all the same.", async () => {
  const runtime = createWasmRuntime();
  const modules = await Promise.all(
    Array.from({ length: 12 }, (_, n) => assemble(`(module (func (export "run")) (func (export "f${n}")))`)),
  );
  for (const module of [...modules, ...modules]) {
    const { outcome } = await runInRuntime(runtime, { module });
    assert.deepEqual(outcome, { ok: true, resultJson: undefined });
  }
});
