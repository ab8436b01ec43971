import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { withoutBrowser } from "../support/browser.ts";
import { TabCells } from "../support/tab-cells.ts";

const request = {
  method: "GET",
  path: "/",
  route: "/f",
  query: {},
  query_all: {},
  headers: { host: "example.com" },
  body: "",
  is_base64: false,
};

describe("The cells of a tab", { skip: withoutBrowser }, () => {
  let cells: TabCells;
  before(async () => {
    cells = await TabCells.start();
  });
  after(() => cells[Symbol.asyncDispose]());

  const js = (code: string, rest: { timeoutMs?: number; memoryMb?: number } = {}) =>
    cells.run({ language: "js", code, ...rest });
  const codeOf = ({ outcome }: Awaited<ReturnType<typeof js>>) => (outcome.ok ? "completed" : outcome.code);

  const ended: Readonly<
    Record<string, { language?: "js" | "lua" | "python"; code: string; expected: string; memoryMb?: number }>
  > = {
    "an endless loop": { code: "for (;;);", expected: "timeout" },
    "an endless loop of promises": {
      code: "const again = () => Promise.resolve().then(again); await again()",
      expected: "timeout",
    },
    "an endless loop in toJSON": { code: "({ toJSON() { for (;;); } })", expected: "timeout" },
    "waiting on shared memory": {
      code: "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
      expected: "timeout",
    },
    "an interval that never ends": { code: "setInterval(() => {}, 1); 1", expected: "timeout" },
    "an endless loop in Lua": {
      language: "lua",
      code: "while true do pcall(error) end",
      expected: "timeout",
    },
    "an endless loop in Python": { language: "python", code: "while True: pass", expected: "timeout" },
    "a flood of output": {
      code: "for (;;) { try { console.log('x'.repeat(1000)); } catch {} }",
      expected: "output_exceeded",
    },
    "a bomb of buffers": {
      code: "const hold = []; for (;;) hold.push(new Uint8Array(256 << 20))",
      expected: "memory_exceeded",
    },
    "a bomb of WebAssembly memories": {
      code: "const hold = []; for (;;) hold.push(new WebAssembly.Memory({ initial: 1 }))",
      expected: "memory_exceeded",
    },
    "a bomb in Lua": {
      language: "lua",
      code: "local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end",
      expected: "memory_exceeded",
      memoryMb: 32,
    },
    "a bomb in Python": {
      language: "python",
      code: "hold = []\nwhile True: hold.append([len(hold)] * 1000)",
      expected: "memory_exceeded",
      memoryMb: 32,
    },
  };
  for (const [what, { language = "js", code, expected, ...limits }] of Object.entries(ended)) {
    test(`end ${what}, and the next is untouched`, async () => {
      assert.equal(codeOf(await cells.run({ language, code, timeoutMs: 2000, ...limits })), expected);
      const answer = language === "lua" ? "return 6 * 7" : "6 * 7";
      assert.deepEqual((await cells.run({ language, code: answer })).outcome, {
        ok: true,
        resultJson: "42",
      });
    });
  }

  test("ask the orchestrator in the middle of a call, in every language, and get answers of any size", async () => {
    for (const [language, code] of [
      ["js", "db.get('a')"],
      ["lua", "return db.get('a')"],
      ["python", "import db\ndb.get('a')"],
    ] as const) {
      const { outcome } = await cells.run({ language, code });
      assert.deepEqual(outcome, { ok: true, resultJson: '"the value of a"' }, language);
      const large = await cells.run({ language, code: code.replace("'a'", "'large'") });
      assert.ok(large.outcome.ok, JSON.stringify(large.outcome));
      assert.equal(large.outcome.resultJson?.length, 1_000_002);
    }
  });

  describe("are instances of functions", () => {
    const counters = [
      ["js", "let n = 0; function handle(req) { return { body: req.path + ENV.MARK + ++n } }"],
      ["lua", "local n = 0 function handle(req) n = n + 1 return { body = req.path .. ENV.MARK .. n } end"],
      [
        "python",
        "import os\nn = 0\ndef handle(req):\n    global n\n    n += 1\n    return {'body': req['path'] + os.environ['MARK'] + str(n)}",
      ],
    ] as const;
    for (const [language, code] of counters) {
      test(`in ${language}, whose globals live on between calls`, async () => {
        const loaded = await cells.load(language, { language, code, env: { MARK: "!" } });
        assert.ok(loaded.outcome.ok, JSON.stringify(loaded));
        for (const count of [1, 2, 3]) {
          const { outcome } = await cells.call(language, { path: "/x" });
          assert.ok(outcome.ok, JSON.stringify(outcome));
          assert.deepEqual(JSON.parse(outcome.resultJson ?? ""), { body: `/x!${count}` });
        }
      });
    }

    test("in JavaScript as a module with fetch, which changes built-ins of the realm", async () => {
      const code = `
        Array.prototype.map = () => { throw new Error("replaced") };
        Promise.prototype.then = new Proxy(Promise.prototype.then, {});
        export default { async fetch(request) {
          await new Promise((done) => setTimeout(done, 1));
          return Response.json({ url: request.url, id: typeof crypto.randomUUID() });
        } }`;
      const loaded = await cells.load("module", { language: "js", code });
      assert.ok(loaded.outcome.ok, JSON.stringify(loaded));
      for (let round = 0; round < 3; round++) {
        const { outcome, lived } = await cells.call("module", request);
        assert.ok(outcome.ok && lived, JSON.stringify(outcome));
        assert.match(outcome.resultJson ?? "", /"status":200/);
      }
    });

    test("whose failure is told and costs nothing but the call", async () => {
      const code = "function handle(req) { if (req.fail) null.x; return 1 }";
      await cells.load("failing", { language: "js", code });
      const failed = await cells.call("failing", { fail: true });
      assert.ok(!failed.outcome.ok && failed.outcome.code === "guest_error");
      assert.deepEqual((await cells.call("failing", {})).outcome, { ok: true, resultJson: "1" });
    });
  });

  test("say so where a browser lets no thread wait for another, and run everything else", async () => {
    const alone = await TabCells.start({ isIsolated: false });
    try {
      for (const [language, code] of [
        ["js", "db.get('a')"],
        ["lua", "return db.get('a')"],
        ["python", "import db\ndb.get('a')"],
      ] as const) {
        const { outcome } = await alone.run({ language, code });
        const told = JSON.stringify(outcome);
        assert.ok(!outcome.ok && /cannot be used in this browser/.test(outcome.message), told);
        const answer = language === "lua" ? "return 6 * 7" : "6 * 7";
        assert.deepEqual((await alone.run({ language, code: answer })).outcome, {
          ok: true,
          resultJson: "42",
        });
      }
    } finally {
      await alone[Symbol.asyncDispose]();
    }
  });

  test("serve one runner after another with nothing in common", async () => {
    await cells.run({ language: "js", code: "globalThis.left = 1; Array.prototype.left = 1" }, "alice");
    const { outcome } = await cells.run({ language: "js", code: "[typeof left, [].left ?? null]" }, "bob");
    assert.deepEqual(outcome, { ok: true, resultJson: '["undefined",null]' });
  });

  test("that die with the frame's process, whose heap a guest filled, are replaced, and the tab goes on", async () => {
    const own = await TabCells.start();
    try {
      const bomb =
        "const hold = []; for (let i = 0; ; i++) hold.push(('x' + i).repeat(1 << 20).split('').reverse())";
      const after = [
        { language: "js", code: "6 * 7" },
        { language: "lua", code: "return 6 * 7" },
      ] as const;
      const [first, ...others] = await own.runThroughCrash([
        { language: "js", code: bomb, timeoutMs: 120_000 },
        ...after,
      ]);
      assert.ok(first && codeOf(first) === "memory_exceeded", JSON.stringify(first));
      assert.deepEqual(
        others.map(({ outcome }) => outcome),
        after.map(() => ({ ok: true, resultJson: "42" })),
      );
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });
});
