import type { Language } from "../../src/protocol/languages.ts";
import type { Api } from "./api.ts";
import { assemble } from "./wat.ts";
import { data, input, memory, output } from "./wat-parts.ts";

/** What goes into a deployment as its code. */
export type Deployable =
  | { readonly runtime: Exclude<Language, "wasm">; readonly code: string }
  | { readonly runtime: "wasm"; readonly wat: string };

/** One way to write functions, with functions that do the same in each. */
export interface Dialect {
  readonly name: string;
  /** Answers `{revision, calls}` as JSON: the number here, and how often this instance was called. */
  counter(revision: number): Deployable;
  /** Fails with "the guest's own words", where the dialect has words. */
  readonly throwing: Deployable;
  /** Answers with the number 42. */
  readonly shapeless: Deployable;
  readonly endless: Deployable;
  /**
   * Answers `{planted, secret, keys, env}` as JSON: a global, the database's `secret` and its keys, and the environment's
   * SECRET, or how many variables there are. A POST first sets the global and the secret.
   */
  readonly spy: Deployable;
  /** Prints "a word to the log" and answers. */
  readonly printing: Deployable;
}

/** The body of a deployment; modules are stored first. */
export async function deploymentBody(api: Api, deployable: Deployable): Promise<Record<string, unknown>> {
  if (deployable.runtime !== "wasm") return { ...deployable };
  const body = await assemble(deployable.wat);
  const stored = await api.send("POST", "/api/wasm", {
    body,
    headers: { "content-type": "application/wasm" },
  });
  const { cid } = stored.json() as { cid: string };
  return { runtime: "wasm", wasm_cid: cid };
}

const lua = (code: string): Deployable => ({ runtime: "lua", code });
const js = (code: string): Deployable => ({ runtime: "js", code });
const python = (code: string): Deployable => ({ runtime: "python", code });
const wasm = (wat: string): Deployable => ({ runtime: "wasm", wat });

const luaDialect: Dialect = {
  name: "Lua",
  counter: (revision) =>
    lua(`local calls = 0
function handle(req)
  calls = calls + 1
  return {body = {revision = ${revision}, calls = calls}}
end`),
  throwing: lua(`function handle(req) error("the guest's own words") end`),
  shapeless: lua("function handle(req) return 42 end"),
  endless: lua("function handle(req) while true do end end"),
  spy: lua(`local json = require("json")
function handle(req)
  if req.method == "POST" then
    planted = true
    db.set("secret", "planted")
  end
  local keys = db.list()
  return {body = {
    planted = planted or false, secret = db.get("secret") or json.null,
    keys = json.array(keys), env = ENV.SECRET or json.null,
  }}
end`),
  printing: lua(`function handle(req) print("a word to the log") return {body = "printed"} end`),
};

const jsSpy = `let planted = false;
const look = (method, env) => {
  if (method === "POST") {
    planted = true;
    db.set("secret", "planted");
  }
  return { planted, secret: db.get("secret") ?? null, keys: db.list().keys, env: env.SECRET ?? null };
};`;

const jsDialect: Dialect = {
  name: "JavaScript",
  counter: (revision) =>
    js(`let calls = 0;
function handle(req) {
  calls++;
  return { body: { revision: ${revision}, calls } };
}`),
  throwing: js(`async function handle(req) { throw new Error("the guest's own words"); }`),
  shapeless: js("function handle(req) { return 42; }"),
  endless: js("function handle(req) { for (;;); }"),
  spy: js(`${jsSpy}\nfunction handle(req) { return { body: look(req.method, ENV) }; }`),
  printing: js(`function handle(req) { console.log("a word to the log"); return { body: "printed" }; }`),
};

const jsModule: Dialect = {
  name: "JavaScript with fetch",
  counter: (revision) =>
    js(`let calls = 0;
export default { fetch: () => Response.json({ revision: ${revision}, calls: ++calls }) };`),
  throwing: js(`export default { async fetch() { throw new Error("the guest's own words"); } };`),
  shapeless: js("export default { fetch: () => 42 };"),
  endless: js("export default { fetch() { for (;;); } };"),
  spy: js(`${jsSpy}\nexport default { fetch: (request, env) => Response.json(look(request.method, env)) };`),
  printing: js(`export default {
  fetch() {
    console.log("a word to the log");
    return new Response("printed");
  },
};`),
};

const pythonSpy = `import db, os
def look(req):
    if req["method"] == "POST":
        globals()["planted"] = True
        db.set("secret", "planted")
    keys, _ = db.list()
    return {"body": {
        "planted": globals().get("planted", False), "secret": db.get("secret"),
        "keys": keys, "env": os.environ.get("SECRET"),
    }}
`;

const pythonDialect: Dialect = {
  name: "Python",
  counter: (revision) =>
    python(`calls = 0
def handle(req):
    global calls
    calls += 1
    return {"body": {"revision": ${revision}, "calls": calls}}
`),
  throwing: python(`def handle(req):\n    raise ValueError("the guest's own words")\n`),
  shapeless: python("def handle(req):\n    return 42\n"),
  endless: python("def handle(req):\n    while True: pass\n"),
  spy: python(`${pythonSpy}handle = look\n`),
  printing: python(`def handle(req):\n    print("a word to the log")\n    return {"body": "printed"}\n`),
};

/** The reference's form: a program that prints its answer. */
const pythonProgram: Dialect = {
  name: "Python that prints",
  counter: (revision) =>
    python(`import json
calls = globals().get("calls", 0) + 1
def handle(req):
    return {"body": {"revision": ${revision}, "calls": calls}}
result = handle(INPUT)
print(json.dumps(result))
`),
  throwing: python(`INPUT["path"]\nraise ValueError("the guest's own words")\n`),
  shapeless: python("INPUT\nresult = 42\nprint(42)\n"),
  endless: python("INPUT\nwhile True: pass\n"),
  spy: python(`${pythonSpy}import json\nprint(json.dumps(look(INPUT)))\n`),
  printing: python(
    `import json\nprint("a word to the log")\nresult = {"body": "printed " + INPUT["method"]}\nprint(json.dumps(result))\n`,
  ),
};

/** A module with `run`. */
const wasmDialect: Dialect = {
  name: "WebAssembly",
  counter(revision) {
    const text = `{"body":{"revision":${revision},"calls":0}}`;
    return wasm(`(module ${output} ${memory} (global $calls (mut i32) (i32.const 48)) ${data(8, text)}
  (func (export "run")
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.store8 (i32.const ${8 + text.length - 3}) (global.get $calls))
    (call $output (i32.const 8) (i32.const ${text.length}))))`);
  },
  throwing: wasm(`(module (func (export "run") unreachable))`),
  shapeless: wasm(
    `(module ${output} ${memory} ${data(8, "42")} (func (export "run") (call $output (i32.const 8) (i32.const 2))))`,
  ),
  endless: wasm(`(module (func (export "run") (loop $again (br $again))))`),
  spy: wasm(wasmSpy()),
  printing: wasm(wasmPrinting("run", "a word to the log\n", `{"body": "printed"}`)),
};

/** A WASI command, which is a new instance for each call. */
const wasmCommand: Dialect = {
  ...wasmDialect,
  name: "WebAssembly with WASI",
  counter: (revision) =>
    wasm(wasmPrinting("_start", `{"body":{"revision":${revision},"calls":1}}\n`, undefined)),
  throwing: wasm(`(module ${memory} (func (export "_start") unreachable))`),
  shapeless: wasm(wasmPrinting("_start", "42\n", undefined)),
  endless: wasm(`(module ${memory} (func (export "_start") (loop $again (br $again))))`),
  printing: wasm(wasmPrinting("_start", `a word to the log\n{"body": "printed"}\n`, undefined)),
};

export const dialects: readonly Dialect[] = [
  luaDialect,
  jsDialect,
  jsModule,
  pythonDialect,
  pythonProgram,
  wasmDialect,
  wasmCommand,
];

/** Prints a text, and gives another to `set_output`. */
function wasmPrinting(entry: string, text: string, answer: string | undefined): string {
  const answers = answer === undefined ? "" : `(call $output (i32.const 1024) (i32.const ${answer.length}))`;
  return `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  ${answer === undefined ? "" : output}
  ${memory} ${data(64, text)} ${data(1024, answer ?? "")}
  (func (export "${entry}")
    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const ${text.length}))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    ${answers}))`;
}

function wasmSpy(): string {
  const requestAt = 8192;
  const pieces = [
    `{"body":{"planted":`,
    "0",
    `,"secret":`,
    `,"keys":`,
    `,"env":`,
    "}}",
    "null",
    "false",
    "true",
  ];
  const at = pieces.map((_, index) => 256 + index * 64);
  const put = (index: number) => `(call $put (i32.const ${at[index]}) (i32.const ${pieces[index]?.length}))`;
  return `(module ${input} ${output}
  (import "env" "db_get" (func $get (param i32 i32) (result i32)))
  (import "env" "db_set" (func $set (param i32 i32 i32 i32) (result i32)))
  (import "env" "db_list" (func $list (param i32 i32 i32 i32 i32) (result i32)))
  (import "env" "db_read" (func $read (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ (param i32 i32) (result i32)))
  ${memory} ${data(16, "secret")} ${data(32, '"planted"')}
  ${pieces.map((piece, index) => data(at[index] ?? 0, piece)).join(" ")}
  (global $planted (mut i32) (i32.const 0))
  (global $end (mut i32) (i32.const 2048))
  (func $put (param $from i32) (param $length i32)
    (memory.copy (global.get $end) (local.get $from) (local.get $length))
    (global.set $end (i32.add (global.get $end) (local.get $length))))
  (func $put_answer (param $status i32)
    (if (i32.lt_s (local.get $status) (i32.const 0)) (then ${put(6)})
      (else (global.set $end (i32.add (global.get $end) (call $read (global.get $end)))))))
  (func (export "run")
    (drop (call $input (i32.const ${requestAt})))
    (if (i32.eq (i32.load8_u (i32.const ${requestAt + '{"method":"'.length})) (i32.const ${"P".charCodeAt(0)}))
      (then
        (global.set $planted (i32.const 1))
        (drop (call $set (i32.const 16) (i32.const 6) (i32.const 32) (i32.const 9)))))
    (global.set $end (i32.const 2048))
    ${put(0)} (if (global.get $planted) (then ${put(8)}) (else ${put(7)}))
    ${put(2)} (call $put_answer (call $get (i32.const 16) (i32.const 6)))
    ${put(3)} (call $put_answer (call $list (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (drop (call $environ (i32.const 0) (i32.const 4)))
    (i32.store8 (i32.const ${at[1]}) (i32.add (i32.const 48) (i32.load (i32.const 0))))
    ${put(4)} ${put(1)} ${put(5)}
    (call $output (i32.const 2048) (i32.sub (global.get $end) (i32.const 2048)))))`;
}
