import wabt from "wabt";

/** The same work for a cell and for the bare engine. */
export interface ComputeCase {
  readonly name: string;
  readonly language: "js" | "lua" | "python" | "wasm";
  /** Source text; for wasm the text format. */
  readonly code: string;
}

export const computeCases: readonly ComputeCase[] = [
  {
    name: "JS fib(37)",
    language: "js",
    code: "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\nfib(37)",
  },
  {
    name: "JS array work",
    language: "js",
    code: `
const numbers = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);
let sum = 0;
for (let round = 0; round < 20; round += 1) {
  const sorted = numbers.map((n) => n * 2 + round).filter((n) => n % 3 !== 0).sort((a, b) => a - b);
  sum = sorted.reduce((left, right) => (left + right) % 1_000_007, sum);
}
sum`,
  },
  {
    name: "Lua fib(32)",
    language: "lua",
    code: "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end\nreturn fib(32)",
  },
  {
    name: "wasm loop",
    language: "wasm",
    // Called often rather than looping once, because V8 optimises a wasm function at its calls.
    code: `
(module
  (import "env" "set_output" (func $set_output (param i32 i32)))
  (memory (export "memory") 1)
  (func $mix (param $seed i64) (result i64)
    (local $left i32)
    (local.set $left (i32.const 100000))
    (loop $again
      (local.set $seed (i64.add (i64.mul (local.get $seed) (i64.const 6364136223846793005)) (i64.const 1442695040888963407)))
      (local.set $seed (i64.xor (local.get $seed) (i64.shr_u (local.get $seed) (i64.const 33))))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $seed))
  (func (export "run")
    (local $left i32)
    (local $seed i64)
    (local.set $left (i32.const 2000))
    (loop $again
      (local.set $seed (call $mix (local.get $seed)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (i32.store8 (i32.const 0) (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $seed) (i64.const 10)))))
    (call $set_output (i32.const 0) (i32.const 1))))`,
  },
  {
    name: "Python loop",
    language: "python",
    code: "total = 0\nfor i in range(1_500_000):\n    total = (total * 31 + i) % 1_000_003\ntotal",
  },
];

export async function assemble(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const { parseWat } = await wabt();
  const module = parseWat("bench.wat", text);
  try {
    return new Uint8Array(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
}
