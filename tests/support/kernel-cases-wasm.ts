import { failure, type ModuleCase, nothing, result } from "./kernel-cases.ts";
import { programCases } from "./kernel-cases-wasi.ts";
import { data, input, memory, output, works } from "./wat-parts.ts";

/** A module whose `run` gives a text to `set_output`. */
const answering = (text: string) =>
  `(module ${output} ${memory} ${data(0, text)} (func (export "run") (call $output (i32.const 0) (i32.const ${new TextEncoder().encode(text).length}))))`;

const hostFunctions: ModuleCase[] = [
  works(
    "A module reads its input and sets its output.",
    `(module ${input} ${output} ${memory} (func (export "run")
      (call $output (i32.const 8) (call $input (i32.const 8)))))`,
    { input: { a: [1, "é"] }, expected: result({ a: [1, "é"] }) },
  ),
  works(
    "get_input takes a length too, as the reference's does.",
    `(module (import "env" "get_input_len" (func $len (result i32))) (import "env" "get_input" (func $get (param i32 i32)))
      ${output} ${memory} (func (export "run")
      (call $get (i32.const 8) (call $len)) (call $output (i32.const 8) (call $len))))`,
    { input: [true], expected: result([true]) },
  ),
  works(
    "get_input writes no more than its length.",
    `(module (import "env" "get_input" (func $get (param i32 i32) (result i32))) ${output} ${memory} (func (export "run")
      (drop (call $get (i32.const 1) (i32.const 3)))
      (i32.store8 (i32.const 0) (i32.const 34)) (i32.store8 (i32.const 4) (i32.const 34))
      (call $output (i32.const 0) (i32.const 5))))`,
    { input: 123456, expected: result("123") },
  ),
  works(
    "Without input, the input is null.",
    `(module ${input} ${output} ${memory} (func (export "run")
      (call $output (i32.const 0) (call $input (i32.const 0)))))`,
    { expected: result(null) },
  ),
  works("A module that sets no output returns nothing.", `(module (func (export "run")))`, {
    expected: nothing,
  }),
  works(
    "The last output counts.",
    `(module ${output} ${memory} ${data(0, "12")} (func (export "run")
      (call $output (i32.const 0) (i32.const 1)) (call $output (i32.const 1) (i32.const 1))))`,
    { expected: result(2) },
  ),
  works(
    "A module may import its memory.",
    `(module (import "env" "memory" (memory 1 2)) ${output.replace("(import", "(import")} ${data(0, "7")}
      (func (export "run") (call $output (i32.const 0) (i32.const 1))))`,
    { expected: result(7) },
  ),
  works(
    "Output may be set in the start function by a module that imports its memory.",
    `(module (import "env" "memory" (memory 1)) ${output} ${data(0, "7")}
      (func $start (call $output (i32.const 0) (i32.const 1))) (start $start) (func (export "run")))`,
    { expected: result(7) },
  ),
  works(
    "_initialize comes before run.",
    `(module ${output} ${memory} ${data(0, "89")} (global $at (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $at (i32.const 1)))
      (func (export "run") (call $output (global.get $at) (i32.const 1))))`,
    { expected: result(9) },
  ),
  works(
    "_start comes before run.",
    `(module ${output} ${memory} ${data(0, "89")} (global $at (mut i32) (i32.const 0))
      (func (export "_start") (global.set $at (i32.const 1)))
      (func (export "run") (call $output (global.get $at) (i32.const 1))))`,
    { expected: result(9) },
  ),
  works("What is not JSON is no result.", answering("{oops"), {
    expected: failure("result_not_json", /not JSON/),
  }),
  works("No bytes at all are no result.", answering(""), {
    expected: failure("result_not_json", /not JSON/),
  }),
  works(
    "What is not UTF-8 is no result.",
    `(module ${output} ${memory} (data (i32.const 0) "\\22\\ff\\22")
      (func (export "run") (call $output (i32.const 0) (i32.const 3))))`,
    { expected: failure("result_not_json", /not UTF-8/) },
  ),
  works(
    "A result too large is none.",
    `(module ${output} (memory (export "memory") 200)
      (func (export "run") (call $output (i32.const 0) (i32.const 8388609))))`,
    { expected: failure("result_too_large", /8388609/) },
  ),
  works(
    "AssemblyScript's abort tells its message and place.",
    `(module (import "env" "abort" (func $abort (param i32 i32 i32 i32))) ${memory}
      (data (i32.const 0) "\\06\\00\\00\\00b\\00a\\00d\\00") (data (i32.const 16) "\\08\\00\\00\\00a\\00.\\00t\\00s\\00")
      (func (export "run") (call $abort (i32.const 4) (i32.const 20) (i32.const 3) (i32.const 7))))`,
    { expected: failure("guest_error", /^bad, in a\.ts:3:7\.$/) },
  ),
  works(
    "AssemblyScript's console prints.",
    `(module (import "env" "console.log" (func $log (param i32))) (import "env" "console.error" (func $error (param i32))) ${memory}
      (data (i32.const 0) "\\04\\00\\00\\00h\\00i\\00")
      (func (export "run") (call $log (i32.const 4)) (call $error (i32.const 4))))`,
    { expected: nothing, stdout: "hi\n", stderr: "hi\n" },
  ),
];

const faults: ModuleCase[] = [
  works(
    "A trap fails the job and shows where it happened.",
    `(module (func $inner unreachable) (func $outer (export "run") (call $inner)))`,
    {
      expected: failure("guest_error", /unreachable/),
      stderr: /^wasm stack:\n {4}at inner \(.*\n {4}at outer /,
    },
  ),
  works(
    "Dividing by zero traps.",
    `(module (func (export "run") (drop (i32.div_s (i32.const 1) (i32.const 0)))))`,
    { expected: failure("guest_error", /divide by zero/) },
  ),
  works(
    "Reading outside of memory traps.",
    `(module (memory 1) (func (export "run") (drop (i32.load (i32.const 65534)))))`,
    { expected: failure("guest_error", /out of bounds/) },
  ),
  works(
    "Calling a wrong type traps.",
    `(module (table 1 funcref) (elem (i32.const 0) $f) (type $t (func (param i32))) (func $f)
      (func (export "run") (call_indirect (type $t) (i32.const 0) (i32.const 0))))`,
    { expected: failure("guest_error", /trapped/) },
  ),
  works("Endless recursion fills the stack.", `(module (func $f (export "run") (call $f)))`, {
    expected: failure("guest_error", /nest too deeply/),
  }),
  works(
    "A trap in the start function fails the job.",
    `(module (func $f unreachable) (start $f) (func (export "run")))`,
    { expected: failure("guest_error", /unreachable/) },
  ),
  works(
    "An exception that nothing catches fails the job.",
    `(module (tag $e) (func (export "run") (throw $e)))`,
    { expected: failure("guest_error", /exception/) },
  ),
  works(
    "An exit that was caught is an exit all the same.",
    `(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) ${memory}
      (func (export "_start") (try (do (call $exit (i32.const 9))) (catch_all))))`,
    { expected: failure("guest_error", /code 9/) },
  ),
  works(
    "An abort that was caught is an abort all the same.",
    `(module (import "env" "abort" (func $abort (param i32 i32 i32 i32))) ${output} ${memory} ${data(0, "1")}
      (func (export "run") (try (do (call $abort (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))) (catch_all))
        (call $output (i32.const 0) (i32.const 1))))`,
    { expected: failure("guest_error", /^abort\.$/) },
  ),
  works(
    "Output outside of memory is a fault.",
    `(module ${output} ${memory} (func (export "run") (call $output (i32.const 65535) (i32.const 2))))`,
    { expected: failure("guest_error", /set_output.*memory/) },
  ),
  works(
    "Negative lengths are a fault.",
    `(module ${output} ${memory} (func (export "run") (call $output (i32.const -1) (i32.const -1))))`,
    { expected: failure("guest_error", /memory/) },
  ),
  works(
    "Input outside of memory is a fault.",
    `(module ${input} ${memory} (func (export "run") (drop (call $input (i32.const 65534)))))`,
    { input: "long", expected: failure("guest_error", /get_input/) },
  ),
  works(
    "A module without memory can't set output.",
    `(module ${output} (func (export "run") (call $output (i32.const 0) (i32.const 0))))`,
    { expected: failure("guest_error", /memory/) },
  ),
];

const invalid: ModuleCase[] = [
  works(
    "Unknown imports are named.",
    `(module (import "env" "system" (func)) (import "a" "b" (global i32)) (func (export "run")))`,
    { expected: failure("wasm_invalid", /env\.system, a\.b \(a global\)/) },
  ),
  works(
    "The names of every object are no imports.",
    `(module (import "env" "constructor" (func)) (func (export "run")))`,
    { expected: failure("wasm_invalid", /env\.constructor/) },
  ),
  works(
    "The names of every object are no modules.",
    `(module (import "__proto__" "toString" (func)) (func (export "run")))`,
    { expected: failure("wasm_invalid", /__proto__\.toString/) },
  ),
  works("Without an entry a module is of no use.", `(module (func (export "main")))`, {
    expected: failure("wasm_invalid", /neither.*run.*_start/),
  }),
  works("An entry that is no function is none.", `(module (global (export "run") i32 (i32.const 0)))`, {
    expected: failure("wasm_invalid", /neither/),
  }),
  works(
    "Wrong types of an import are told.",
    `(module (import "env" "get_input_len" (func $len (result i64))) (func (export "run") (drop (call $len))))`,
    { expected: failure("wasm_invalid", /link/) },
  ),
  works("Shared memory is refused.", `(module (memory 1 2 shared) (func (export "run")))`, {
    expected: failure("wasm_invalid", /shared memory/),
  }),
  works("64-bit memory is refused.", `(module (memory i64 1) (func (export "run")))`, {
    expected: failure("wasm_invalid", /64-bit memory/),
  }),
];

const bounds: ModuleCase[] = [
  works(
    "Memory beyond the limit at the start fails the job.",
    `(module (memory 1025) (func (export "run")))`,
    { memoryMb: 64, expected: failure("memory_exceeded", /65 MiB.*64 MiB/) },
  ),
  works(
    "Imported memory beyond the limit fails the job.",
    `(module (import "env" "memory" (memory 1025)) (func (export "run")))`,
    { memoryMb: 64, expected: failure("memory_exceeded", /65 MiB.*64 MiB/) },
  ),
  works("Several memories count together.", `(module (memory 600) (memory 600) (func (export "run")))`, {
    memoryMb: 64,
    expected: failure("memory_exceeded", /75 MiB.*64 MiB/),
  }),
  ...[
    `(memory (export "memory") 1)`,
    `(memory (export "memory") 1 65536)`,
    `(import "env" "memory" (memory 1))`,
  ].map((declaration, index) =>
    works(
      `Memory grows to the limit and no further (${index + 1}).`,
      `(module ${output} ${declaration} ${data(0, "[1][0]")}
      (func (export "run")
        (if (i32.ne (memory.grow (i32.const 1023)) (i32.const 1)) (then unreachable))
        (call $output (select (i32.const 0) (i32.const 3) (i32.eq (memory.grow (i32.const 1)) (i32.const -1))) (i32.const 3))))`.replace(
        /(\(module )(.*?)(\(import "env" "memory" \(memory 1\)\))/s,
        "$1$3$2",
      ),
      { memoryMb: 64, expected: result([1]) },
    ),
  ),
  works(
    "A maximum below the limit holds.",
    `(module (memory 1 2) (func (export "run") (if (i32.ne (memory.grow (i32.const 2)) (i32.const -1)) (then unreachable))))`,
    { expected: nothing },
  ),
  works(
    "Tables are bounded.",
    `(module (table $t 1 funcref) (func (export "run")
      (if (i32.ne (table.grow $t (ref.null func) (i32.const 1000000)) (i32.const -1)) (then unreachable))
      (if (i32.ne (table.grow $t (ref.null func) (i32.const 999999)) (i32.const 1)) (then unreachable))))`,
    { expected: nothing },
  ),
  works(
    "A table too large at the start fails the job.",
    `(module (table 1000001 funcref) (func (export "run")))`,
    { expected: failure("memory_exceeded", /tables/) },
  ),
];

export const moduleCases: readonly ModuleCase[] = [
  ...hostFunctions,
  ...faults,
  ...invalid,
  ...bounds,
  ...programCases,
];
