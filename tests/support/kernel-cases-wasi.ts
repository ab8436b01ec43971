import { failure, type KernelCase, type ModuleCase, nothing, result } from "./kernel-cases.ts";
import { data, memory, output, works } from "./wat-parts.ts";

const wasiTypes = {
  args_sizes_get: "i32 i32",
  args_get: "i32 i32",
  environ_sizes_get: "i32 i32",
  environ_get: "i32 i32",
  clock_time_get: "i32 i64 i32",
  fd_close: "i32",
  fd_prestat_get: "i32 i32",
  fd_read: "i32 i32 i32 i32",
  fd_readdir: "i32 i32 i32 i64 i32",
  fd_seek: "i32 i64 i32 i32",
  fd_write: "i32 i32 i32 i32",
  path_create_directory: "i32 i32 i32",
  path_open: "i32 i32 i32 i32 i32 i64 i64 i32 i32",
  path_unlink_file: "i32 i32 i32",
  poll_oneoff: "i32 i32 i32 i32",
  random_get: "i32 i32",
} as const;

/**
 * A WASI command. Its `$print` writes `len` bytes at `at` to a descriptor, through the vector at 16; `$check` ends the
 * program with a number that is not 0.
 */
const command = (calls: (keyof typeof wasiTypes)[], body: string, more = "") => `(module
  ${[...new Set<keyof typeof wasiTypes>([...calls, "fd_write"])]
    .map(
      (name) =>
        `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${wasiTypes[name]}) (result i32)))`,
    )
    .join("\n")}
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  ${more}
  (func $check (param $errno i32) (if (local.get $errno) (then (call $proc_exit (local.get $errno)))))
  (func $print (param $fd i32) (param $at i32) (param $len i32)
    (i32.store (i32.const 16) (local.get $at)) (i32.store (i32.const 20) (local.get $len))
    (call $check (call $fd_write (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24))))
  (func (export "_start") ${body}))`;

/** Copies descriptor 0 to descriptor 1. */
const cat = command(
  ["fd_read"],
  `(loop $more
     (i32.store (i32.const 32) (i32.const 1024)) (i32.store (i32.const 36) (i32.const 60000))
     (call $check (call $fd_read (i32.const 0) (i32.const 32) (i32.const 1) (i32.const 40)))
     (if (i32.load (i32.const 40)) (then
       (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 40))) (br $more))))`,
);

/** Prints the strings that a pair of calls gives, each up to its zero. */
const strings = (sizes: "args_sizes_get" | "environ_sizes_get", get: "args_get" | "environ_get") =>
  command(
    [sizes, get],
    `(call $check (call $${sizes} (i32.const 0) (i32.const 4)))
     (call $check (call $${get} (i32.const 100) (i32.const 1000)))
     (call $print (i32.const 1) (i32.const 1000) (i32.load (i32.const 4)))`,
  );

/** Opens the path at 200 into the descriptor at 60. */
const open = (pathLength: number, flags: number, rights: bigint) =>
  `(call $check (call $path_open (i32.const 3) (i32.const 0) (i32.const 200) (i32.const ${pathLength}) (i32.const ${flags})
     (i64.const ${rights}) (i64.const 0) (i32.const 0) (i32.const 60)))`;
const readAndWrite = 66n;

export const programCases: readonly ModuleCase[] = [
  works("A program reads the input on stdin and prints.", cat, {
    input: { a: "é" },
    expected: nothing,
    stdout: '{"a":"é"}',
  }),
  works("Without input stdin is empty.", cat, { expected: nothing, stdout: "" }),
  works("stdin may be given as text.", cat, {
    input: { wasi: { stdin: "line\n" } },
    expected: nothing,
    stdout: "line\n",
  }),
  works("stdin may be given as bytes.", cat, {
    input: { wasi: { stdin: { base64: "aMOp" } } },
    expected: nothing,
    stdout: "hé",
  }),
  works("Given arguments only, stdin is empty.", cat, {
    input: { wasi: { args: ["a"] } },
    expected: nothing,
    stdout: "",
  }),
  works("Arguments arrive behind the program's name.", strings("args_sizes_get", "args_get"), {
    input: { wasi: { args: ["-x", "é"] } },
    expected: nothing,
    stdout: "main.wasm\0-x\0é\0",
  }),
  works("The environment is what the input says.", strings("environ_sizes_get", "environ_get"), {
    input: { wasi: { env: { LANG: "C", A: "b=c" } } },
    expected: nothing,
    stdout: "LANG=C\0A=b=c\0",
  }),
  works("Otherwise the environment is empty.", strings("environ_sizes_get", "environ_get"), {
    input: {},
    expected: nothing,
    stdout: "",
  }),
  works("Exit code 0 is success.", command([], `(call $proc_exit (i32.const 0)) unreachable`), {
    expected: nothing,
  }),
  works(
    "Another exit code fails the job.",
    command(
      [],
      `(call $print (i32.const 2) (i32.const 0) (i32.const 3)) (call $proc_exit (i32.const 70))`,
      data(0, "bad"),
    ),
    { expected: failure("guest_error", /exited with code 70/), stderr: "bad" },
  ),
  works("The largest exit code is shown unsigned.", command([], `(call $proc_exit (i32.const -1))`), {
    expected: failure("guest_error", /code 4294967295/),
  }),
  works(
    "A program may set a JSON result beside what it prints.",
    `(module ${output} (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32))) ${memory}
      (data (i32.const 0) "\\08\\00\\00\\00\\02\\00\\00\\00[]") (func (export "_start")
        (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100))) (call $output (i32.const 8) (i32.const 2))))`,
    { expected: result([]), stdout: "[]" },
  ),
  works(
    "Files of the input can be read.",
    command(
      ["path_open", "fd_read"],
      `
      ${open(9, 0, 2n)}
      (i32.store (i32.const 32) (i32.const 1024)) (i32.store (i32.const 36) (i32.const 100))
      (call $check (call $fd_read (i32.load (i32.const 60)) (i32.const 32) (i32.const 1) (i32.const 40)))
      (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 40)))`,
      data(200, "dir/a.txt"),
    ),
    { input: { wasi: { files: { "dir/a.txt": "content" } } }, expected: nothing, stdout: "content" },
  ),
  works(
    "Files can be written, sought and read again.",
    command(
      ["path_open", "fd_read", "fd_seek", "path_create_directory"],
      `
      (call $check (call $path_create_directory (i32.const 3) (i32.const 200) (i32.const 3)))
      ${open(5, 1, readAndWrite)}
      (call $print (i32.load (i32.const 60)) (i32.const 200) (i32.const 5))
      (call $check (call $fd_seek (i32.load (i32.const 60)) (i64.const 1) (i32.const 0) (i32.const 72)))
      (i32.store (i32.const 32) (i32.const 1024)) (i32.store (i32.const 36) (i32.const 100))
      (call $check (call $fd_read (i32.load (i32.const 60)) (i32.const 32) (i32.const 1) (i32.const 40)))
      (call $print (i32.const 1) (i32.const 1024) (i32.load (i32.const 40)))`,
      data(200, "tmp/x"),
    ),
    { expected: nothing, stdout: "mp/x" },
  ),
  works("A file that is not there is not found.", command(["path_open"], open(4, 0, 2n), data(200, "none")), {
    expected: failure("guest_error", /code 44/),
  }),
  works(
    "A file opened for reading is not written.",
    command(
      ["path_open"],
      `${open(1, 1, 2n)} (call $print (i32.load (i32.const 60)) (i32.const 200) (i32.const 1))`,
      data(200, "x"),
    ),
    { expected: failure("guest_error", /code 8/) },
  ),
  works(
    "Files are bounded by the job's memory.",
    command(
      ["path_open"],
      `${open(1, 1, readAndWrite)}
      (loop $more (call $print (i32.load (i32.const 60)) (i32.const 0) (i32.const 131072)) (br $more))`,
      data(200, "x"),
    ),
    { memoryMb: 16, expected: failure("guest_error", /code 51/) },
  ),
  works(
    "Time passes while a program sleeps.",
    command(
      ["poll_oneoff", "clock_time_get"],
      `
      (i64.store (i32.const 224) (i64.const 30000000)) (i32.store (i32.const 216) (i32.const 1))
      (call $check (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 400)))
      (call $check (call $poll_oneoff (i32.const 200) (i32.const 300) (i32.const 1) (i32.const 396)))
      (call $check (call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 408)))
      (if (i64.lt_u (i64.sub (i64.load (i32.const 408)) (i64.load (i32.const 400))) (i64.const 29000000)) (then unreachable))
      (call $check (i32.ne (i32.load (i32.const 396)) (i32.const 1)))`,
    ),
    { expected: nothing },
  ),
  works(
    "Random bytes are given.",
    command(
      ["random_get"],
      `
      (call $check (call $random_get (i32.const 1000) (i32.const 70000)))
      (if (i64.eqz (i64.or (i64.load (i32.const 1000)) (i64.load (i32.const 70000)))) (then unreachable))`,
    ),
    { expected: nothing },
  ),
  ...[
    [{ wasi: 1 }, /wasi has to be an object/],
    [{ wasi: { arg: [] } }, /not "arg"/],
    [{ wasi: { args: "x" } }, /list of strings/],
    [{ wasi: { args: ["a\0b"] } }, /args\[0\]/],
    [{ wasi: { env: { "A=B": "" } } }, /"A=B"/],
    [{ wasi: { env: { A: 1 } } }, /env\.A/],
    [{ wasi: { stdin: 1 } }, /stdin/],
    [{ wasi: { stdin: { base64: "?" } } }, /not base64/],
    [{ wasi: { files: { a: 1 } } }, /files\["a"\]/],
    [{ wasi: { files: { a: "", "a/b": "" } } }, /files/],
    [{ wasi: { files: { "": "" } } }, /files/],
  ].map(([given, message], index) => ({
    name: `Wrong input for a program is told (${index + 1}).`,
    wat: cat,
    input: given as KernelCase["input"] & object,
    expected: failure("guest_error", message as RegExp),
  })),
];
