import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { fingerprint, jsTraces } from "../../../../tests/support/js-traces.ts";
import { type CountedRealms, countedRealms } from "../../../../tests/support/realms.ts";
import { runInRuntime } from "../../../../tests/support/run-case.ts";
import type { GuestRuntime } from "../guest.ts";
import { createJsRuntime } from "./js.ts";

/** Ordinary work: none of it may cost a realm. */
const ordinary = [
  "1 + 1",
  "var x = 1; function f() { return x } globalThis.y = f(); y",
  "console.log('x', { a: [1] }); console.count()",
  "class A { #p = 1; static s = 2; get p() { return this.#p } } new A().p",
  "const o = {}; Object.defineProperty(o, 'x', { value: 1 }); Object.freeze(o); o.x",
  "await new Promise((done) => setTimeout(done, 1)); return [1, 2].map((x) => x * 2)",
  "new URL('http://a/?b=1').searchParams.get('b') + crypto.randomUUID()",
  "structuredClone(new Map([[1, new Date()]])); new TextDecoder().decode(new TextEncoder().encode('x'))",
  "/(a)(b)/.exec('ab'); 'abc'.replace(/b/, '$&'); RegExp.$1",
  "['a', 'b'].entries().map(([i, c]) => c + i).toArray()",
  "try { null.x } catch (e) { e.stack }",
  "throw new Error('a failure is no trace')",
];

describe("a realm", () => {
  let realms: CountedRealms;
  let runtime: GuestRuntime;
  before(async () => {
    realms = await countedRealms();
    runtime = createJsRuntime(realms.platform);
  });

  test("serves again after work that leaves nothing", async () => {
    for (let round = 0; round < 3; round++) {
      for (const work of ordinary) {
        await runInRuntime(runtime, { code: work });
        assert.equal(realms.made(), 1, work);
      }
    }
  });

  test("that takes the place of another serves again as well", async () => {
    await runInRuntime(runtime, { code: "Array.prototype.left = 1" });
    assert.equal(realms.made(), 2);
    for (let round = 0; round < 3; round++) await runInRuntime(runtime, { code: "1 + 1" });
    assert.equal(realms.made(), 2);
  });

  test("is given up once a task has looked at Proxy, which could hide what it does", async () => {
    const before = realms.made();
    await runInRuntime(runtime, { code: "typeof Proxy" });
    assert.equal(realms.made(), before + 1);
  });
});

describe("nothing is left in a realm by", () => {
  let runtime: GuestRuntime;
  let clean: unknown;
  const look = async () => {
    const { outcome } = await runInRuntime(runtime, { code: fingerprint });
    assert.ok(outcome.ok && outcome.resultJson);
    return JSON.parse(outcome.resultJson) as unknown;
  };
  before(async () => {
    runtime = createJsRuntime((await countedRealms()).platform);
    clean = await look();
  });

  test("looking for traces", async () => {
    assert.ok(Array.isArray(clean) && clean.length > 3000, "the fingerprint sees the world");
    assert.deepEqual(await look(), clean);
  });

  for (const { name, leave } of jsTraces) {
    test(name, async () => {
      await runInRuntime(runtime, { code: leave });
      assert.deepEqual(await look(), clean);
    });
  }
});

test("the fingerprint sees each trace while its task still runs", async () => {
  const runtime = createJsRuntime((await countedRealms()).platform);
  const clean = await runInRuntime(runtime, { code: "(0, eval)(INPUT)", input: fingerprint });
  const blind: string[] = [];
  for (const { name, leave } of jsTraces.filter(({ trap }) => !trap)) {
    const code = `(0, eval)(${JSON.stringify(leave)}); (0, eval)(INPUT)`;
    const { outcome } = await runInRuntime(runtime, { code, input: fingerprint });
    if (JSON.stringify(outcome) === JSON.stringify(clean.outcome)) blind.push(name);
  }
  const harmless = jsTraces.filter((trace) => trace.harmless).map(({ name }) => name);
  assert.deepEqual(blind, harmless);
});
