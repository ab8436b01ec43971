import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleText } from "./module-text.ts";

test("a module is told by what it imports and exports", () => {
  const text = moduleText({
    imports: [{ module: "env", name: "get_input", kind: "function" }],
    exports: [
      { name: "memory", kind: "memory" },
      { name: 'odd"name', kind: "function" },
    ],
  });
  assert.equal(
    text,
    '(module\n  (import "env" "get_input" (func))\n  (export "memory" (memory))\n  (export "odd\\"name" (func))\n)',
  );
  assert.equal(moduleText({ imports: [], exports: [] }), "(module)");
});
