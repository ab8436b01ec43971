import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { type DatabaseStep, databaseModule } from "../support/database-module.ts";
import { FunctionCells, type FunctionWork, lua, python, wasm } from "../support/function-cells.ts";
import { NamespaceDatabase } from "../support/namespace-database.ts";

/* The database as guests of Lua, Python and WebAssembly see it, in jobs and in functions. */

let cells: FunctionCells;
let database: NamespaceDatabase;
/** Another for each test. */
let namespace = "";
let tests = 0;
before(async () => {
  database = await NamespaceDatabase.open();
  cells = await FunctionCells.start((op, argsJson) => database.askedFor(namespace)(op, argsJson));
});
beforeEach(() => {
  namespace = `alice-${tests++}`;
});
after(async () => {
  await cells[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** Code whose `look()` returns a list, as a job and as a function. */
const forms = {
  lua: {
    job: (code: string) => lua(`${code}\nreturn look()`),
    function: (code: string) => lua(`${code}\nfunction handle() return look() end`),
  },
  python: {
    job: (code: string) => python(`${code}\nlook()`),
    function: (code: string) => python(`${code}\ndef handle(req): return look()`),
  },
};

async function resultIn(form: "job" | "function", work: FunctionWork): Promise<unknown> {
  if (form === "job") {
    const { outcome } = await cells.run(work);
    assert.ok(outcome.ok && outcome.resultJson, JSON.stringify(outcome));
    return JSON.parse(outcome.resultJson);
  }
  using instance = await cells.load(work);
  return await instance.answer();
}

interface Look {
  readonly name: string;
  readonly lua: string;
  readonly python: string;
  readonly sees: unknown;
}

const nested = { list: [1, 2.5, null, true, "Grüße\u0000\n"], object: { a: {} } };
const looks: Look[] = [
  {
    name: "Values come back as they were stored.",
    lua: `local json = require("json")
      function look()
        db.set("k", {list = {1, 2.5, json.null, true, "Grüße\\0\\n"}, object = {a = {}}})
        return {db.get("k"), db.set("n", json.null) > 0, db.get("n") == json.null}
      end`,
    python: `import db
def look():
    db.set("k", {"list": [1, 2.5, None, True, "Grüße\\0\\n"], "object": {"a": {}}})
    return [db.get("k"), db.set("n", None) > 0, db.get("n") is None and db.entry("n")[1] > 0]`,
    sees: [nested, true, true],
  },
  {
    name: "A missing key has no value and the version 0.",
    lua: `function look() local value, version = db.entry("no") return {db.get("no") == nil, value == nil, version} end`,
    python: `import db
def look(): return [db.get("no") is None, db.get("no", "default") == "default" and db.entry("no")[0] is None, db.entry("no")[1]]`,
    sees: [true, true, 0],
  },
  {
    name: "A write may depend on the version.",
    lua: `function look()
      local first = db.set("k", 1, {if_version = 0})
      local value, version = db.entry("k")
      local second = db.set("k", 2, {if_version = version})
      local ok, problem = pcall(db.set, "k", 3, {if_version = version})
      return {first, value, version, second > first, ok, problem.code, tostring(problem):find("version") ~= nil, db.get("k"),
        pcall(db.delete, "k", {if_version = first}), db.delete("k", {if_version = second})}
    end`,
    python: `import db
def look():
    first = db.set("k", 1, if_version=0)
    value, version = db.entry("k")
    second = db.set("k", 2, if_version=version)
    try:
        db.set("k", 3, if_version=version)
    except db.Error as error:
        told = [False, error.code, "version" in str(error)]
    try:
        db.delete("k", if_version=first)
    except db.Error:
        kept = False
    return [first, value, version, second > first, *told, db.get("k"), kept, db.delete("k", if_version=second)]`,
    sees: [1, 1, 1, true, false, "version_mismatch", true, 2, false, true],
  },
  {
    name: "Deleting tells whether there was something.",
    lua: `function look() db.set("k", 1) return {db.delete("k"), db.delete("k"), db.get("k") == nil} end`,
    python: `import db
def look():
    db.set("k", 1)
    return [db.delete("k"), db.delete("k"), db.get("k") is None]`,
    sees: [true, false, true],
  },
  {
    name: "A counter counts from nothing, by any whole number.",
    lua: `function look()
      local told = {db.increment("n"), db.increment("n", 41), db.increment("n", -2), db.get("n")}
      db.set("text", "x")
      local ok, problem = pcall(db.increment, "text")
      told[5], told[6] = ok, problem.code
      return told
    end`,
    python: `import db
def look():
    told = [db.increment("n"), db.increment("n", 41), db.increment("n", by=-2), db.get("n")]
    db.set("text", "x")
    try:
        db.increment("text")
    except db.Error as error:
        return [*told, False, error.code]`,
    sees: [1, 42, 40, 40, false, "not_a_counter"],
  },
  {
    name: "Keys are listed by their beginning, in pages.",
    lua: `function look()
      for _, key in ipairs({"a/1", "a/2", "a/3", "b", "é"}) do db.set(key, 1) end
      local keys, cursor = db.list({prefix = "a/", limit = 2})
      local rest, last = db.list({prefix = "a/", limit = 2, cursor = cursor})
      return {keys, rest, last == nil, db.list("b"), (db.list()), (db.list("c"))}
    end`,
    python: `import db
def look():
    for key in ("a/1", "a/2", "a/3", "b", "é"):
        db.set(key, 1)
    keys, cursor = db.list("a/", limit=2)
    rest, last = db.list(prefix="a/", limit=2, cursor=cursor)
    return [keys, rest, last is None, db.list("b")[0], db.list()[0], db.list("c")[0]]`,
    sees: [["a/1", "a/2"], ["a/3"], true, ["b"], ["a/1", "a/2", "a/3", "b", "é"], []],
  },
  {
    name: "Values of almost a mebibyte pass, larger ones are refused.",
    lua: `function look()
      local big = ("\\"é"):rep(250000)
      db.set("big", big)
      local same = db.get("big") == big
      local told = {same}
      for _, size in ipairs({1 << 20, 8 << 20}) do
        local ok, problem = pcall(db.set, "big", ("x"):rep(size))
        told[#told + 1] = problem.code
      end
      told[#told + 1] = db.get("big") == big
      return told
    end`,
    python: `import db
def look():
    big = '"é' * 250000
    db.set("big", big)
    told = [db.get("big") == big]
    for size in (1 << 20, 8 << 20):
        try:
            db.set("big", "x" * size)
        except db.Error as error:
            told.append(error.code)
    return [*told, db.get("big") == big]`,
    sees: [true, "payload_too_large", "payload_too_large", true],
  },
];

for (const language of ["lua", "python"] as const) {
  for (const form of ["job", "function"] as const) {
    describe(`In ${language}, from a ${form}:`, () => {
      for (const look of looks) {
        test(look.name, async () => {
          assert.deepEqual(await resultIn(form, forms[language][form](look[language])), look.sees);
        });
      }
    });
  }
}

describe("What a program passes wrongly is refused with a sentence that says what:", () => {
  const wrong: [name: string, work: FunctionWork, message: RegExp][] = [
    [
      "a key of Lua's that is no text",
      lua("\ndb.get(1)"),
      /^job\.lua:2: bad argument #1 to 'db\.get' \(string expected, got number\)$/,
    ],
    ["no value in Lua", lua("db.set('k')"), /#2 to 'db\.set' \(value expected, got nil; json\.null/],
    [
      "a value of Lua's that is no JSON",
      lua("\ndb.set('k', {f = print})"),
      /^job\.lua:2: value\.f is a function; JSON has no such thing\.$/,
    ],
    ["an option that Lua's set does not have", lua("db.set('k', 1, {tll = 1})"), /there is no option tll/],
    [
      "a key of Lua's that is not UTF-8",
      lua("db.get('\\xff')"),
      /argument\.key is a string that is not UTF-8/,
    ],
    ["an empty key in Lua", lua("\ndb.get('')"), /^job\.lua:2: The key must not be empty\.$/],
    ["a ttl in Lua that is no time", lua("db.set('k', 1, {ttl = -1})"), /ttl/],
    [
      "a value of Python's that is no JSON",
      python("import db\ndb.set('k', print)"),
      /^TypeError: .*not JSON serializable \(line 2\)$/,
    ],
    ["nan in Python", python("import db\ndb.set('k', float('nan'))"), /^ValueError: /],
    [
      "an empty key in Python",
      python("import db\ndb.get('')"),
      /^Error: The key must not be empty\. \(line 2\)$/,
    ],
    ["a key of Python's that is not text", python("import db\ndb.get(1)"), /^Error: .*key.* \(line 2\)$/],
    [
      "a lone surrogate in Python",
      python("import db\ndb.get('\\ud800')"),
      /^Error: The key is not text that UTF-8 can carry\./,
    ],
    ["a limit in Python that is none", python("import db\ndb.list(limit=0)"), /^Error: .*limit/],
    [
      "a question of a program's own making",
      python(
        "import os\nfd = os.open('/dev/host', os.O_RDWR)\nos.write(fd, b'eval\\n{}')\nraise KeyError(os.read(fd, 999).decode())",
      ),
      /invalid_request.*nothing called .*eval/,
    ],
    [
      "arguments that are no JSON",
      python(
        "import os\nfd = os.open('/dev/host', os.O_RDWR)\nos.write(fd, b'db.get\\n{')\nraise KeyError(os.read(fd, 999).decode())",
      ),
      /invalid_request.*not JSON/,
    ],
  ];
  for (const [name, work, message] of wrong) {
    test(name, async () => {
      const { outcome } = await cells.run(work);
      assert.ok(!outcome.ok, JSON.stringify(outcome));
      assert.equal(outcome.code, "guest_error");
      assert.match(outcome.message, message);
    });
  }
});

describe("A WebAssembly module", () => {
  async function statuses(steps: readonly DatabaseStep[]) {
    const { outcome, stdout, stderr } = await cells.run(await wasm(databaseModule(steps)));
    assert.ok(outcome.ok, JSON.stringify(outcome));
    const told = stderr.split("\n").flatMap((line) => /^trace: {2}(-?\d+)$/.exec(line)?.[1] ?? []);
    return { statuses: told.map(Number), answers: stdout.split("\n").slice(0, -1) };
  }

  test("gets, sets and deletes.", async () => {
    const told = await statuses([
      ["db_get", "k"],
      ["db_set", "k", '{"a":"é"}'],
      ["db_get", "k"],
      ["db_delete", "k"],
      ["db_delete", "k"],
    ]);
    assert.deepEqual(told, { statuses: [-1, 0, 10, 1, 0], answers: ["", "", '{"a":"é"}', "", ""] });
  });

  test("lists, page by page.", async () => {
    const { answers } = await statuses([
      ["db_set", "k", "1"],
      ["db_set", "l", "[1, 2]"],
      ["db_list", "", { i32: 0 }, ""],
      ["db_list", "l", { i32: 0 }, ""],
      ["db_list", "", { i32: 1 }, ""],
    ]);
    const [all, some, page] = answers.slice(2).map((answer) => JSON.parse(answer));
    assert.deepEqual(
      [all, some],
      [
        { keys: ["k", "l"], cursor: null },
        { keys: ["l"], cursor: null },
      ],
    );
    assert.deepEqual(page.keys, ["k"]);
    const rest = await statuses([["db_list", "", { i32: 1 }, page.cursor]]);
    assert.deepEqual(rest.answers, ['{"keys":["l"],"cursor":null}']);
  });

  test("counts.", async () => {
    const told = await statuses([
      ["db_increment", "n", { i64: 41 }],
      ["db_increment", "n", { i64: -2 }, { f64: 0 }],
      ["db_increment", "n", { i32: 1 }],
    ]);
    assert.deepEqual(told, { statuses: [2, 2, 2], answers: ["41", "39", "40"] });
  });

  test("writes on conditions.", async () => {
    const told = await statuses([
      ["db_set", "k", "1", { f64: 0 }, { i64: 0 }],
      ["db_set", "k", "2", { f64: 0 }, { i64: 0 }],
      ["db_set", "k", "3", { f64: 60 }, { i64: 1 }],
      ["db_set", "k", "4", { f64: 0 }, { i64: -1 }],
      ["db_delete", "k", { i64: 1 }],
      ["db_get", "k"],
    ]);
    assert.deepEqual(told.statuses, [0, -3, 0, 0, -3, 1]);
    assert.match(told.answers[1] ?? "", /version/);
    assert.equal(told.answers[5], "4");
  });

  test("is told by a number and a sentence what it did wrongly.", async () => {
    const told = await statuses([
      ["db_get", ""],
      ["db_set", "k", "no json"],
      ["db_set", "text", '"x"'],
      ["db_increment", "text", { i64: 1 }],
      ["db_set", "k", "1", { f64: -5 }],
      ["db_increment", "n", { i64: 9_007_199_254_740_993n }],
    ]);
    assert.deepEqual(told.statuses, [-2, -2, 0, -4, -2, -2]);
    assert.match(told.answers[0] ?? "", /key must not be empty/);
    assert.match(told.answers[1] ?? "", /JSON/);
  });

  test("learns the version, and ends by a pointer that leads out of its memory.", async () => {
    const wat = `(module (import "env" "db_increment" (func $up (param i32 i32 i64) (result i32)))
      (import "env" "db_version" (func $version (result i64)))
      (import "env" "db_read" (func $read (param i32 i32) (result i32)))
      (import "env" "set_output" (func $output (param i32 i32)))
      (memory (export "memory") 1) (data (i32.const 0) "n")
      (func (export "run")
        (drop (call $up (i32.const 0) (i32.const 1) (i64.const 5)))
        (drop (call $up (i32.const 0) (i32.const 1) (i64.const 5)))
        (i32.store8 (i32.const 8) (i32.add (i32.const 48) (i32.wrap_i64 (call $version))))
        (call $output (i32.const 8) (call $read (i32.const 16) (i32.const 1)))
        (drop (call $read (i32.const 65536) (i32.const 1)))))`;
    const { outcome } = await cells.run(await wasm(wat));
    assert.ok(!outcome.ok);
    assert.match(outcome.message, /called env\.db_read wrongly: 1 bytes at 65536 are not all inside/);
    const good = await cells.run(await wasm(wat.replace("65536", "32")));
    assert.deepEqual(good.outcome, { ok: true, resultJson: "4" });
  });
});

test("A value with a ttl is gone when its time is over.", async () => {
  using one = await cells.load(
    lua("function handle(req) if req.set then return db.set('k', 1, {ttl = 60}) end return db.get('k') end"),
  );
  await one.answer({ set: true });
  assert.equal(await one.answer(), 1);
  database.clock.advance(60_001);
  assert.equal(await one.answer(), undefined);
});

test("Guests of one namespace see what the others of it stored, in every language, and nobody else does.", async () => {
  const mallory = database.askedFor("mallory");
  await cells.run(lua("db.set('k', {from = 'lua'})"));
  assert.deepEqual(await resultIn("job", python("import db\ndb.get('k')")), { from: "lua" });
  const read = await cells.run(await wasm(databaseModule([["db_get", "k"]])));
  assert.equal(read.stdout, '{"from":"lua"}\n');

  using byLua = await cells.load(
    lua("function handle() return {db.get('k') == nil, #db.list()} end"),
    mallory,
  );
  assert.deepEqual(await byLua.answer(), [true, 0]);
  using byPython = await cells.load(
    python("import db\ndef handle(req): return [db.get('k'), db.list()[0]]"),
    mallory,
  );
  assert.deepEqual(await byPython.answer(), [null, []]);
  using byWasm = await cells.load(await wasm(databaseModule([["db_get", "k"]])), mallory);
  assert.match((await byWasm.call()).stderr, /^trace: {2}-1$/m);
});

test("A guest whose namespace's database is out of reach is told so.", async () => {
  const nobody = async () =>
    JSON.stringify({ ok: false, code: "volunteer_lost", error: "The orchestrator is out of reach." });
  const code = "function handle() local ok, problem = pcall(db.get, 'k') return {ok, problem.code} end";
  using byLua = await cells.load(lua(code), nobody);
  assert.deepEqual(await byLua.answer(), [false, "volunteer_lost"]);
  using byWasm = await cells.load(await wasm(databaseModule([["db_get", "k"]])), nobody);
  const { stdout, stderr } = await byWasm.call();
  assert.deepEqual([stdout, /-6/.test(stderr)], ["The orchestrator is out of reach.\n", true]);
});
