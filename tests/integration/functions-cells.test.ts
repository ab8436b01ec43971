import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  countingModule,
  FunctionCells,
  type FunctionWork,
  lua,
  python,
  wasm,
} from "../support/function-cells.ts";
import { data, input, memory, output } from "../support/wat-parts.ts";

/* Functions of Lua, Python and WebAssembly in sealed cells, without an orchestrator. */

const request = {
  method: "POST",
  path: "/alice/hello/you",
  route: "/you",
  query: { name: "Wörld" },
  query_all: { name: ["x", "Wörld"] },
  headers: { host: "localhost", accept: "*/*" },
  body: "a body",
  is_base64: false,
};

let cells: FunctionCells;
before(async () => {
  cells = await FunctionCells.start(() => Promise.reject(new Error("Nobody answers here.")));
});
after(() => cells[Symbol.asyncDispose]());

/** Answers its call with the request. */
const echo = `(module ${input} ${output} ${memory} (func (export "run")
  (drop (call $input (i32.const 0))) (call $output (i32.const 0) (call $input_len))))`;
/** A WASI command that prints a text, and then what it reads on stdin. */
const command = (text: string) => `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1) ${data(64, text)}
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const ${Buffer.byteLength(text)}))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 8192))
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;

const luaEcho = "function handle(req) return req end";
const pythonEcho = "def handle(req): return req";
const pythonProgram =
  "import json\ndef handle(req): return req\nresult = handle(INPUT)\nprint(json.dumps(result))";

describe("The handler is given the request, and answers with what it returns, in", () => {
  const echoes: [name: string, work: FunctionWork | Promise<FunctionWork>][] = [
    ["Lua", lua(luaEcho)],
    ["Lua, where the chunk returns it", lua("return function(req) return req end")],
    ["Python", python(pythonEcho)],
    [
      "Python, asynchronously",
      python("import asyncio\nasync def handle(req):\n    await asyncio.sleep(0)\n    return req"),
    ],
    ["Python, in the mission's form", python(pythonProgram)],
    [
      "Python, in the mission's form with a main guard",
      python(
        `${pythonEcho}\nif __name__ == '__main__':\n    import json\n    print(json.dumps(handle(INPUT)))`,
      ),
    ],
    ["Python, as the result of a program that prints nothing", python("result = INPUT")],
    ["Python, as the last expression of a program", python("print('x')\nINPUT")],
    [
      "Python, in a program that awaits at top level",
      python("import asyncio, json\nawait asyncio.sleep(0)\nprint(json.dumps(INPUT))"),
    ],
    ["WebAssembly", wasm(echo)],
    ["WebAssembly, as a WASI command", wasm(command(""))],
  ];
  for (const [name, work] of echoes) {
    test(name, async () => {
      using instance = await cells.load(await work);
      assert.deepEqual(instance.loaded, {
        outcome: { ok: true, resultJson: undefined },
        stdout: "",
        stderr: "",
      });
      for (let call = 0; call < 3; call++) {
        const { outcome, stdout, stderr } = await instance.call(request);
        assert.ok(outcome.ok && outcome.resultJson, JSON.stringify(outcome));
        assert.deepEqual(JSON.parse(outcome.resultJson), request);
        assert.deepEqual([stdout.replace("x\n", ""), stderr], ["", ""]);
      }
    });
  }
});

describe("Between calls a function keeps", () => {
  const warm: [name: string, work: FunctionWork | Promise<FunctionWork>, answers: unknown[]][] = [
    ["Lua's globals", lua("n = 0 function handle() n = n + 1 return n end"), [1, 2, 3]],
    ["Lua's upvalues", lua("local n = 0 function handle() n = n + 1 return n end"), [1, 2, 3]],
    [
      "Python's globals",
      python("n = 0\ndef handle(req):\n    global n\n    n += 1\n    return n"),
      [1, 2, 3],
    ],
    [
      "the globals of a Python program",
      python("n = globals().get('n', 0) + 1\nINPUT\nresult = n"),
      [1, 2, 3],
    ],
    [
      "Python's files",
      python(
        "def handle(req):\n    with open('/tmp/f', 'a+') as f:\n        f.write('x')\n        return f.tell()",
      ),
      [1, 2, 3],
    ],
    [
      "Python's event loop",
      python(
        "import asyncio\ntasks = []\nasync def later():\n    await asyncio.sleep(0)\n    tasks.append(1)\nasync def handle(req):\n    asyncio.ensure_future(later())\n    await asyncio.sleep(0.001)\n    return len(tasks)",
      ),
      [1, 2, 3],
    ],
    ["a module's globals", wasm(countingModule), [1, 2, 3]],
  ];
  for (const [name, work, answers] of warm) {
    test(name, async () => {
      using instance = await cells.load(await work);
      const told: unknown[] = [];
      for (const _ of answers) told.push(await instance.answer());
      assert.deepEqual(told, answers);
    });
  }

  test("nothing of a WASI command's", async () => {
    using instance = await cells.load(
      await wasm(`(module ${output} ${memory} (func (export "_start")
        (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 49)))
        (call $output (i32.const 0) (i32.const 1))))`),
    );
    assert.deepEqual([await instance.answer(), await instance.answer()], [1, 1]);
  });
});

describe("A function finds what was deployed with it in", () => {
  const env = { GREETING: "Grüße", EMPTY: "", _x: "a=b" };
  test("Lua's ENV", async () => {
    using instance = await cells.load({
      ...lua("local at_load = ENV.GREETING function handle() return {at_load, ENV} end"),
      env,
    });
    assert.deepEqual(await instance.answer(), [env.GREETING, env]);
  });
  test("Python's os.environ", async () => {
    const code =
      "import os\nat_load = os.environ['GREETING']\ndef handle(req): return [at_load, os.environ['EMPTY'], os.getenv('_x')]";
    using instance = await cells.load({ ...python(code), env });
    assert.deepEqual(await instance.answer(), [env.GREETING, "", "a=b"]);
  });
  test("the environment of WASI", async () => {
    const wat = `(module ${output}
      (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "run")
        (drop (call $sizes (i32.const 0) (i32.const 4)))
        (drop (call $get (i32.const 16) (i32.const 1024)))
        (i32.store8 (i32.const 1023) (i32.const 34)) (i32.store8 (i32.const 1033) (i32.const 34))
        (call $output (i32.const 1023) (i32.const 11))))`;
    using instance = await cells.load({ ...(await wasm(wat)), env: { GREETING: "y" } });
    assert.equal(await instance.answer(), "GREETING=");
  });
  test("an instance of its own, and no other", async () => {
    const code = "function handle() return ENV.SECRET or 'none' end";
    using one = await cells.load({ ...lua(`left = 1 ${code}`), env: { SECRET: "s" } });
    using other = await cells.load(
      lua("function handle() return {left or 'nothing', ENV.SECRET or 'none'} end"),
    );
    assert.equal(await one.answer(), "s");
    assert.deepEqual(await other.answer(), ["nothing", "none"]);
  });
});

describe("What a function prints is output of the call that printed it:", () => {
  test("in Lua", async () => {
    using instance = await cells.load(
      lua("print('loaded') function handle(req) io.write('at ', req.n) io.stderr:write('e') return 1 end"),
    );
    assert.equal(instance.loaded.stdout, "loaded\n");
    const { stdout, stderr } = await instance.call({ n: 7 });
    assert.deepEqual([stdout, stderr], ["at 7", "e"]);
    assert.equal((await instance.call({ n: 8 })).stdout, "at 8");
  });
  test("in Python", async () => {
    const code =
      "import sys\nprint('loaded', end='')\ndef handle(req):\n    print('at', req['n'], end='')\n    sys.stderr.write('e')\n    return 1";
    using instance = await cells.load(python(code));
    assert.equal(instance.loaded.stdout, "loaded");
    const { stdout, stderr } = await instance.call({ n: 7 });
    assert.deepEqual([stdout, stderr], ["at 7", "e"]);
    assert.equal((await instance.call({ n: 8 })).stdout, "at 8");
  });
  test("in a Python program, except for its answer", async () => {
    const code = "import json\nprint('before', INPUT['n'])\nprint(json.dumps({'body': 'x'}, indent=2))";
    using instance = await cells.load(python(code));
    const { outcome, stdout } = await instance.call({ n: 7 });
    assert.deepEqual(outcome.ok && JSON.parse(outcome.resultJson ?? ""), { body: "x" });
    assert.equal(stdout, "before 7\n");
  });
  test("in a Python program that fails, all of it", async () => {
    using instance = await cells.load(python("print('{}')\nINPUT['missing']"));
    const { outcome, stdout } = await instance.call();
    assert.ok(!outcome.ok);
    assert.equal(stdout, "{}\n");
  });
  test("in a WASI command, except for its answer", async () => {
    using instance = await cells.load(await wasm(command("so:\n")));
    const { outcome, stdout } = await instance.call({ n: 7 });
    assert.deepEqual(outcome, { ok: true, resultJson: '{"n":7}' });
    assert.equal(stdout, "so:\n");
  });
  test("in a WASI command that prints no JSON object, all of it", async () => {
    using instance = await cells.load(await wasm(command("hello\n")));
    const { outcome, stdout } = await instance.call(7);
    assert.deepEqual(outcome, { ok: true, resultJson: undefined });
    assert.equal(stdout, "hello\n7");
  });
});

test("Nothing of one function is in another's cell.", async () => {
  const leave =
    "import builtins, json, db\nbuiltins.left = json.left = db.left = 1\ndef handle(req): return 1";
  const look =
    "import builtins, json, db\ndef handle(req): return [hasattr(x, 'left') for x in (builtins, json, db)]";
  using one = await cells.load(python(leave));
  assert.equal(await one.answer(), 1);
  using other = await cells.load(python(look));
  assert.deepEqual(await other.answer(), [false, false, false]);
});
