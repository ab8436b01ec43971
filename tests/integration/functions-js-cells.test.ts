import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { HostCallAnswerer } from "../../src/namespaces/host-calls.ts";
import { KvService } from "../../src/namespaces/kv-service.ts";
import type { JobErrorCode } from "../../src/protocol/errors.ts";
import type { Json } from "../../src/protocol/json.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { SqliteKvStore } from "../../src/stores/sqlite/kv-store.ts";
import { foreignErrors, walkEverything } from "../escape/js-cases.ts";
import { FunctionCells, type FunctionInstance } from "../support/function-cells.ts";

const request = {
  method: "POST",
  path: "/alice/hello/you",
  route: "/you",
  query: { name: "Wörld" },
  query_all: { name: ["x", "Wörld"] },
  headers: { host: "localhost:8000", accept: "*/*" },
  body: "a body",
  is_base64: false,
};

const resources = new AsyncDisposableStack();
let cells: FunctionCells;
before(async () => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-kv-"));
  resources.defer(() => rm(directory, { recursive: true }));
  const store = resources.use(new SqliteKvStore({ directory, clock: systemClock, log: noLog }));
  const answerer = new HostCallAnswerer(new KvService({ store, clock: systemClock }), noLog);
  cells = resources.use(await FunctionCells.start((op, argsJson) => answerer.answer("alice", op, argsJson)));
});
after(() => resources.disposeAsync());

const load = (code: string, env: Readonly<Record<string, string>> = {}): Promise<FunctionInstance> =>
  cells.load({ language: "js", code, env });

/** Loads a function and calls it once. */
async function answer(code: string, given: Json = request): Promise<unknown> {
  using instance = await load(code);
  assert.deepEqual(instance.loaded.outcome, { ok: true, resultJson: undefined });
  return await instance.answer(given);
}

describe("The handler in JavaScript is given the request and answers with what it returns, as", () => {
  const forms: [name: string, code: string][] = [
    ["a function declaration", "function handle(req) { return req }"],
    ["an asynchronous one", "async function handle(req) { await null; return req }"],
    ["a var", "var handle = (req) => req"],
    ["a const, before a comment", "const handle = (req) => req // the end"],
    ["a let", "let handle; handle = async (req) => new Promise((done) => setTimeout(done, 2, req))"],
    ["a property of the global object", "globalThis.handle = (req) => req"],
    [
      "part of a script that awaits",
      "const ready = await Promise.resolve(1)\nfunction handle(req) { return req }",
    ],
    ["a module's default function", "export default function (req) { return req }"],
    ["a module's named default function", "export default async function handle(req) { return req }"],
    ["a module's default expression", "export /* it */\ndefault (0, (req) => req)"],
    ["a module's function", "export function handle(req) { return req }"],
    ["a module's constant", "export const other = 1, handle = (req) => req"],
    ["what a module renames", "const h = (req) => req; export { h as handle, h as more }"],
    ["what a bundler exports", "var app_default = (req) => req;\nexport {\n  app_default as default\n};\n"],
    ["a module that awaits", "const wait = await Promise.resolve((req) => req); export default wait"],
    [
      "TypeScript",
      "interface Req { body: string }\nexport const handle = (req: Req): Req => req satisfies Req",
    ],
    ["a program with a shebang", "#!/usr/bin/env node\nexport function handle(req) { return req }"],
    ["a default object's fetch", "export default { fetch: async (r) => new Response(await r.text()) }"],
  ];
  for (const [name, code] of forms) {
    test(name, async () => {
      const answered = await answer(code);
      if (!code.includes("fetch")) assert.deepEqual(answered, request);
      else assert.deepEqual(Object(answered).body, request.body);
    });
  }
  test("strict code, where it is a module, and lines that stay in place", async () => {
    const code =
      "export {\n  a,\n  b\n};\nvar a = this, b = import.meta;\nexport function handle() { [].x.y }";
    using instance = await load(code);
    assert.match(JSON.stringify((await instance.call()).outcome), /TypeError: .* \(line 6\)/);
    assert.deepEqual(
      await answer(
        "var self = this, url = typeof import.meta.url; export default () => ({ self: self === undefined, url })",
      ),
      { self: true, url: "undefined" },
    );
  });
});

describe("JavaScript cannot be loaded as a function that", () => {
  const refused: [name: string, code: string, error: JobErrorCode, message: RegExp][] = [
    [
      "does not parse",
      "function handle(req) {\n  return 1 +\n}",
      "syntax_error",
      /^Unexpected token \(line 3, column 1\)$/,
    ],
    [
      "does not parse as a module",
      "export function handle() {\n  let x = ;\n}",
      "syntax_error",
      /\(line 2, column 11\)$/,
    ],
    [
      "does not parse as TypeScript",
      "const a: number = 1;\nexport default (): = 1",
      "syntax_error",
      /\(line 2, column \d+\)$/,
    ],
    [
      "imports",
      "\nimport { Hono } from 'hono'\nexport default 1",
      "syntax_error",
      /^The module imports "hono" \(line 2\), .*bundle/,
    ],
    ["imports for effect", "import 'node:fs'; export default 1", "syntax_error", /imports "node:fs"/],
    ["exports from elsewhere", "export * from 'x'", "syntax_error", /exports from "x"/],
    ["exports names from elsewhere", "export { handle } from 'x'", "syntax_error", /exports from "x"/],
    [
      "has no handler",
      "function handler() {}",
      "guest_error",
      /^The code defines no handler: it needs a function handle\(req\)/,
    ],
    ["has a handler that is no function", "const handle = {}", "guest_error", /^The code defines no handler/],
    ["is a module without one", "export default { fetch: 1 }", "guest_error", /^The code defines no handler/],
    ["is empty", "", "guest_error", /^The code defines no handler/],
    ["throws", "\nthrow new RangeError('no luck')", "guest_error", /^RangeError: no luck \(line 2\)$/],
    ["throws in a module", "export default 1;\nawait 0; null.x", "guest_error", /^TypeError: .* \(line 2\)$/],
    [
      "waits for nothing",
      "await new Promise(() => {}); function handle() {}",
      "guest_error",
      /nothing is left to settle/,
    ],
    ["is nested too deeply", `${"[".repeat(200_000)}`, "syntax_error", /stack|nested/],
  ];
  for (const [name, code, error, message] of refused) {
    test(name, async () => {
      using instance = await load(code);
      const { outcome } = instance.loaded;
      assert.ok(!outcome.ok, JSON.stringify(outcome));
      assert.equal(outcome.code, error, outcome.message);
      assert.match(outcome.message, message);
    });
  }
});

describe("A call of JavaScript that fails leaves the function as it is, when it", () => {
  const failing: [name: string, code: string, error: JobErrorCode, message: RegExp][] = [
    ["throws", "throw new Error('no luck')", "guest_error", /^Error: no luck \(line 2\)$/],
    ["throws what is no error", "throw { a: 1 }", "guest_error", /^Uncaught { a: 1 }$/],
    [
      "rejects",
      "return Promise.reject(new TypeError('later'))",
      "guest_error",
      /^TypeError: later \(line 2\)$/,
    ],
    ["recurses for ever", "(function f() { f(); f() })()", "guest_error", /^RangeError: Maximum call stack/],
    ["returns a function", "return () => 1", "result_not_json", /is a function/],
    ["returns a number too large for JSON", "return 1n", "result_not_json", /is a bigint/],
    ["returns what refers to itself", "const a = {}; a.a = a; return a", "result_not_json", /circular/],
    [
      "returns what throws as JSON",
      "return { toJSON() { throw new Error('mine') } }",
      "result_not_json",
      /mine/,
    ],
    ["returns more than may be", "return 'x'.repeat(9 << 20)", "result_too_large", /bytes/],
    ["waits for nothing", "return new Promise(() => {})", "guest_error", /nothing is left to settle/],
  ];
  for (const [name, body, error, message] of failing) {
    test(name, async () => {
      using instance = await load(
        `let calls = 0; function handle(req) { calls++; if (req.fail) {\n${body} } return calls }`,
      );
      const { outcome } = await instance.call({ fail: true });
      assert.ok(!outcome.ok, JSON.stringify(outcome));
      assert.equal(outcome.code, error, outcome.message);
      assert.match(outcome.message, message);
      assert.equal(await instance.answer(), 2);
    });
  }
  test("ends late, after the next has begun", async () => {
    using instance = await load(
      "let settle; function handle(req) { if (req.wait) return new Promise((done) => { settle = done }); settle('of the first'); return new Promise((done) => setTimeout(done, 1, 'of the second')) }",
    );
    assert.ok(!(await instance.call({ wait: true })).outcome.ok);
    assert.equal(await instance.answer(), "of the second");
  });
});

describe("An instance of JavaScript", () => {
  test("keeps its globals from call to call, and shares them with no other", async () => {
    const code =
      "let calls = 0; function handle() { globalThis.left ??= 0; Array.prototype.seen = ++calls; return [calls, ++left, [].seen] }";
    using one = await load(code);
    using other = await load(code);
    assert.deepEqual(
      [await one.answer(), await one.answer()],
      [
        [1, 1, 1],
        [2, 2, 2],
      ],
    );
    assert.deepEqual(await other.answer(), [1, 1, 1]);
  });
  test("has the environment that was deployed with it", async () => {
    const env = { KEY: "Grüße", __proto__x: "" };
    using plain = await load(
      "const atLoad = ENV.KEY; const handle = () => [atLoad, ENV, Object.isFrozen(ENV)]",
      env,
    );
    assert.deepEqual(await plain.answer(), ["Grüße", env, true]);
    using module = await load("export default { fetch: (_, env) => Response.json([env, ENV]) }", env);
    assert.deepEqual(JSON.parse(Object(await module.answer(request)).body), [env, env]);
    using none = await load("const handle = () => ENV");
    assert.deepEqual(await none.answer(), {});
  });
  test("stands still between calls: its timers go on with the next ones", async () => {
    using instance = await load(
      "let fired = 0; function handle(req) { if (req.set) setTimeout(() => { fired++; console.log('fired') }, 5); return fired }",
    );
    assert.equal(await instance.answer({ set: true }), 0);
    await new Promise((done) => setTimeout(done, 20));
    const second = await instance.call();
    assert.deepEqual([second.outcome, second.stdout], [{ ok: true, resultJson: "0" }, "fired\n"]);
    assert.equal(await instance.answer(), 1);
  });
  test("tells of what fails in the background, and lives on", async () => {
    using instance = await load(
      "function handle(req) { if (req.wait) return new Promise((done) => setTimeout(done, 60, 'well')); Promise.reject(new Error('nobody cares')); setTimeout(() => { null.x }, 20); return 'well' }",
    );
    const first = await instance.call();
    assert.deepEqual(first.outcome, { ok: true, resultJson: '"well"' });
    assert.match(first.stderr, /^Uncaught Error: nobody cares \(line 1\)\n/);
    const second = await instance.call({ wait: true });
    assert.deepEqual(second.outcome, { ok: true, resultJson: '"well"' });
    assert.match(second.stderr, /^Uncaught TypeError: Cannot read properties of null/);
  });
  test("is given time for what ctx.waitUntil names, but not without end", async () => {
    const code = (ms: number) =>
      `export default { fetch(_, __, ctx) { ctx.waitUntil(new Promise((done) => setTimeout(() => { console.log('done'); done() }, ${ms}))); ctx.waitUntil(Promise.reject(new Error('lost'))); return new Response('at once') } }`;
    using quick = await load(code(10));
    const { stdout, stderr } = await quick.call(request);
    assert.deepEqual([stdout, stderr], ["done\n", "Uncaught Error: lost (line 1)\n"]);
    using slow = await load(code(60_000));
    const { outcome, stdout: nothing } = await slow.call(request);
    assert.ok(outcome.ok);
    assert.equal(nothing, "");
  });
  test("runs nothing after its answer that a call does not wait for", async () => {
    using instance = await cells.load({
      language: "js",
      code: "function handle() { (async () => { for (;;) await 0 })(); return 1 }",
      timeoutMs: 300,
    });
    const { outcome } = await instance.call();
    assert.ok(!outcome.ok && outcome.code === "timeout", JSON.stringify(outcome));
  });
  test("serves the largest request and answer", async () => {
    const body = "é".repeat(3 << 20);
    const answered = await answer("const handle = (req) => ({ body: req.body })", { ...request, body });
    assert.ok(Object(answered).body === body);
  });
});

describe("db in JavaScript", () => {
  const run = (body: string) => answer(`async function handle() { ${body} }`);
  test("keeps values with their versions", async () => {
    const body = `const first = db.set("a/ü", { x: [1, null] }); const second = db.set("a/ü", null, { ifVersion: first });
      return [db.get("a/ü"), second > first, db.entry("a/ü").version === second, db.delete("a/ü"), db.delete("a/ü"), db.get("a/ü") === undefined, db.entry("a/ü")]`;
    assert.deepEqual(await run(body), [null, true, true, true, false, true, { version: 0 }]);
  });
  test("counts and lists", async () => {
    const body = `for (const key of ["n/2", "n/1", "n/3"]) db.set(key, 1);
      const page = db.list({ prefix: "n/", limit: 2 });
      return [db.increment("n/1"), db.increment("n/1", -5), page.keys, db.list({ prefix: "n/", cursor: page.cursor }), db.list("n/").keys.length, db.list("none")]`;
    assert.deepEqual(await run(body), [
      2,
      -3,
      ["n/1", "n/2"],
      { keys: ["n/3"], cursor: null },
      3,
      { keys: [], cursor: null },
    ]);
  });
  test("lets values expire", async () => {
    const body = `db.set("soon", 1, { ttl: 0.02 }); const before = db.get("soon"); await new Promise((done) => setTimeout(done, 60)); return [before, db.get("soon") ?? "gone"]`;
    assert.deepEqual(await run(body), [1, "gone"]);
  });
  test("throws errors of the guest's own with the registry's code", async () => {
    const meet = (call: string) =>
      `try { ${call} } catch (e) { met.push([e.name, e.code, e instanceof Error && e instanceof db.DatabaseError, e.constructor.constructor === Function]) }`;
    const body = `const met = []; ${meet("db.set('v', 1, { ifVersion: 77 })")} ${meet("db.get('')")} ${meet("db.increment('v', 0.5)")} return met`;
    assert.deepEqual(await run(body), [
      ["DatabaseError", "version_mismatch", true, true],
      ["DatabaseError", "invalid_key", true, true],
      ["DatabaseError", "invalid_request", true, true],
    ]);
  });
  test("takes keys that are strings, values that are JSON, and options that exist", async () => {
    const meet = (call: string) =>
      `try { ${call}; met.push(0) } catch (e) { met.push(e.name + ": " + e.message) }`;
    const body = `const met = []; ${meet("db.get(1)")} ${meet("db.set('k', undefined)")} ${meet("db.set('k', 1, { tll: 1 })")} ${meet("db.set('k', 1n)")} return met`;
    assert.deepEqual(await run(body), [
      "TypeError: A key of the database is a string.",
      "TypeError: The database keeps values that JSON can express, and not a undefined.",
      "TypeError: There is no option tll here.",
      "TypeError: Do not know how to serialize a BigInt",
    ]);
  });
  test("is not moved by what a guest does to the language", async () => {
    const body = `JSON.stringify = () => "{}"; JSON.parse = () => 0; Object.prototype.toJSON = undefined; Array.prototype.includes = () => false;
      db.set("mine", "well", { ttl: 60 }); return db.get("mine")`;
    assert.deepEqual(await run(body), "well");
  });
  test("works in a job, from which nothing is left", async () => {
    const job = await cells.run({
      language: "js",
      code: "db.set('job', 1); db.mine = 1; db.get('job') + (db.mine ?? 1)",
    });
    assert.deepEqual(job.outcome, { ok: true, resultJson: "2" });
  });
});

describe("No object of the kernel's is within reach of", () => {
  const setUp = `const held = [db, db.DatabaseError, ENV, request, request.signal, ctx, env, new Blob(["x"]), new File([], "f"), new FormData(),
    new ReadableStream(), new TransformStream(), new TextDecoderStream(), new Response("x").body.getReader(), new Headers({ a: "b" }).entries(), response];
    for (const [index, value] of held.entries()) globalThis["held" + index] = value;
    for (const wrong of [() => new Request("::"), () => new Response("", { status: 1 }), () => new Headers([["x"]]), () => db.get(""), () => new ReadableStream({ type: "x" }),
      () => new TextDecoderStream("x"), () => request.text().then(() => request.text())]) {
      try { const failing = wrong(); if (failing?.catch) globalThis.held98 = await failing.catch((error) => error); } catch (error) { globalThis["heldError" + wrong] = error; }
    }`;
  const walk = (expression: string) =>
    `export default { async fetch(request, env, ctx) { const response = new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(1)); c.close() } })); ${setUp}; return Response.json((0, eval)(${JSON.stringify(expression)})) } }`;
  test("a function with every class in its hands", async () => {
    const found = Object(await answer(walk(walkEverything)));
    assert.equal(found.body, "[]");
  });
  test("the errors that these classes throw", async () => {
    const found = Object(await answer(walk(foreignErrors)));
    assert.equal(found.body, "[]");
  });
  test("a function through import()", async () => {
    const code =
      "export default async () => { try { return typeof await import('node:fs') } catch (error) { return error.constructor.constructor === Function } }";
    assert.equal(await answer(code), true);
  });
});
