import { data } from "./wat-parts.ts";

/** An argument: text is a pointer and a length, numbers are of the type they name. */
export type DatabaseArgument = string | { i32: number } | { i64: number | bigint } | { f64: number };
export type DatabaseStep = readonly [name: string, ...args: DatabaseArgument[]];

const textsAt = 4096;
const answersAt = 32_768;

/**
 * A module that calls functions of the database one after the other. It writes the number that each answers to stderr, as a
 * line `trace:  N`, and after it the bytes that can be read then to stdout, as a line.
 */
export function databaseModule(steps: readonly DatabaseStep[], memoryPages = 4): string {
  let at = textsAt;
  const parts = steps.map(([name, ...args], index) => {
    const types: string[] = [];
    const texts: string[] = [];
    const values = args.map((arg) => {
      if (typeof arg !== "string") {
        const [type = "i32", value = 0] = Object.entries(arg)[0] ?? [];
        types.push(type);
        return `(${type}.const ${value})`;
      }
      const length = Buffer.byteLength(arg);
      types.push("i32", "i32");
      texts.push(data(at, arg));
      at += length;
      return `(i32.const ${at - length}) (i32.const ${length})`;
    });
    const params = types.length > 0 ? `(param ${types.join(" ")})` : "";
    return {
      import: `(import "env" "${name}" (func $step${index} ${params} (result i32)))`,
      texts,
      call: `(call $told (call $step${index} ${values.join(" ")}))`,
    };
  });
  return `(module
    (import "env" "trace" (func $trace (param i32 i32 f64)))
    (import "env" "db_answer_len" (func $length (result i32)))
    (import "env" "db_read" (func $read (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    ${parts.map((part) => part.import).join("\n")}
    (memory (export "memory") ${memoryPages})
    ${parts.flatMap((part) => part.texts).join("\n")}
    (func $told (param $answer i32)
      (call $trace (i32.const 0) (i32.const 1) (f64.convert_i32_s (local.get $answer)))
      (drop (call $read (i32.const ${answersAt})))
      (i32.store8 (i32.add (i32.const ${answersAt}) (call $length)) (i32.const 10))
      (i32.store (i32.const 0) (i32.const ${answersAt}))
      (i32.store (i32.const 4) (i32.add (call $length) (i32.const 1)))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    (func (export "run") ${parts.map((part) => part.call).join("\n")}))`;
}
