import type { Expected } from "./cases.ts";

/** A module to build from its text, and how the attempt it makes must end. */
export interface WasmCase {
  readonly name: string;
  readonly wat: string;
  readonly expected: Expected;
  readonly timeout_seconds?: number;
  readonly memory_mb?: number;
}

const wasi = (name: string, params: string) =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${params}) (result i32)))`;

/** A WASI command that ends with the number that `body` leaves on the stack as its exit code. */
const command = (imports: string, data: string, body: string) => `(module
  ${imports}
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ${data}
  (func (export "_start") ${body} (call $exit)))`;

/** `path_open` for reading, from the first preopened folder, of a name in memory at 100. */
const open = (path: string) =>
  command(
    wasi("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"),
    `(data (i32.const 100) "${path}")`,
    `(call $path_open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const ${path.length}) (i32.const 0)
       (i64.const 2) (i64.const 2) (i32.const 0) (i32.const 8))`,
  );
const notThere: Expected = { code: "guest_error", error: /exited with code (44|54|63|76|2|8)\b/ };

export const wasmCases: readonly WasmCase[] = [
  { name: "WASI opens no file of the machine", wat: open("etc/passwd"), expected: notThere },
  { name: "WASI opens no absolute path", wat: open("/etc/passwd"), expected: notThere },
  { name: "WASI does not climb", wat: open("../../../../etc/passwd"), expected: notThere },
  {
    name: "WASI sees none of the machine's environment",
    wat: command(
      wasi("environ_sizes_get", "i32 i32"),
      "",
      "(drop (call $environ_sizes_get (i32.const 0) (i32.const 4))) (i32.load (i32.const 0))",
    ),
    expected: { result: null },
  },
  {
    name: "WASI has no sockets",
    wat: command(
      wasi("sock_send", "i32 i32 i32 i32 i32"),
      "",
      "(call $sock_send (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
    ),
    expected: { code: "guest_error", error: /exited with code (8|52|57|58)\b/ },
  },
  {
    name: "pointers outside of memory are the guest's own fault",
    wat: `(module (import "env" "set_output" (func $out (param i32 i32))) (memory (export "memory") 1)
      (func (export "run") (call $out (i32.const 65000) (i32.const 70000))))`,
    expected: { code: "guest_error", error: /memory/ },
  },
  {
    name: "negative lengths are the guest's own fault",
    wat: `(module (import "env" "set_output" (func $out (param i32 i32))) (memory (export "memory") 1)
      (func (export "run") (call $out (i32.const -8) (i32.const -1))))`,
    expected: { code: "guest_error", error: /memory/ },
  },
  {
    name: "an import that nobody offers is refused by its name",
    wat: `(module (import "env" "system" (func (param i32))) (func (export "run")))`,
    expected: { code: "wasm_invalid", error: /env.*system/ },
  },
  {
    name: "imports do not resolve along prototypes",
    wat: `(module (import "env" "constructor" (func (param i32))) (func (export "run")))`,
    expected: { code: "wasm_invalid", error: /constructor/ },
  },
  {
    name: "endless loop",
    wat: `(module (memory (export "memory") 1) (func (export "run") (loop $again (br $again))))`,
    expected: { code: "timeout" },
    timeout_seconds: 0.5,
  },
  {
    name: "endless loop in the start function",
    wat: `(module (memory (export "memory") 1) (func $spin (loop $again (br $again))) (start $spin) (func (export "run")))`,
    expected: { code: "timeout" },
    timeout_seconds: 0.5,
  },
  {
    name: "endless recursion",
    wat: `(module (memory (export "memory") 1) (func $dive (call $dive)) (func (export "run") (call $dive)))`,
    expected: { code: "guest_error", error: /stack/i },
  },
  {
    name: "a trap",
    wat: `(module (memory (export "memory") 1) (func (export "run") unreachable))`,
    expected: { code: "guest_error", error: /unreachable/ },
  },
  {
    name: "memory declared beyond the limit",
    wat: `(module (memory (export "memory") 4096) (func (export "run")))`,
    expected: { code: "memory_exceeded" },
    memory_mb: 64,
  },
  {
    name: "memory grown beyond the limit is not given",
    wat: `(module (import "env" "set_output" (func $out (param i32 i32))) (memory (export "memory") 1) (data (i32.const 0) "\\"no\\"")
      (func (export "run") (if (i32.eq (memory.grow (i32.const 4096)) (i32.const -1)) (then (call $out (i32.const 0) (i32.const 4))))))`,
    expected: { result: "no" },
    memory_mb: 64,
  },
  {
    name: "table bomb",
    wat: `(module (memory (export "memory") 1) (table $t 1 externref) (func (export "run")
      (loop $again (br_if $again (i32.ne (table.grow $t (ref.null extern) (i32.const 10000000)) (i32.const -1)))) unreachable))`,
    expected: { code: "guest_error", error: /unreachable/ },
    memory_mb: 64,
  },
  {
    name: "a result that is not JSON",
    wat: `(module (import "env" "set_output" (func $out (param i32 i32))) (memory (export "memory") 1) (data (i32.const 0) "{oops")
      (func (export "run") (call $out (i32.const 0) (i32.const 5))))`,
    expected: { code: "result_not_json" },
  },
  {
    name: "a flood of output",
    wat: `(module ${wasi("fd_write", "i32 i32 i32 i32")} (memory (export "memory") 1)
      (data (i32.const 0) "\\10\\00\\00\\00\\00\\80\\00\\00")
      (func (export "_start") (loop $again (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $again))))`,
    expected: { code: "output_exceeded" },
  },
];
