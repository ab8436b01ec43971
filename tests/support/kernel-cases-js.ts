import { failure, nothing, result, type SourceCase } from "./kernel-cases.ts";

const is = (name: string, code: string, value: Parameters<typeof result>[0]): SourceCase => ({
  name,
  code,
  expected: result(value),
});
const fails = (
  name: string,
  code: string,
  error: Parameters<typeof failure>[0],
  message: RegExp,
): SourceCase => ({ name, code, expected: failure(error, message) });

const results: SourceCase[] = [
  {
    name: "The job of the mission prints and adds.",
    code: 'console.log("Hello from JS!"); 10 + 32',
    expected: result(42),
    stdout: "Hello from JS!\n",
    stderr: "",
  },
  {
    name: "Input is the global INPUT.",
    code: "INPUT.a.concat([INPUT.b])",
    input: { a: [1, null], b: "é😀" },
    expected: result([1, null, "é😀"]),
  },
  {
    name: "A name in the input may be __proto__.",
    code: "[Object.keys(INPUT), Object.getPrototypeOf(INPUT) === Object.prototype, INPUT.polluted ?? null]",
    input: JSON.parse('{"__proto__": {"polluted": true}}'),
    expected: result([["__proto__"], true, null]),
  },
  { name: "No code returns nothing.", code: "", expected: nothing },
  { name: "A declaration returns nothing.", code: "const x = 1;", expected: nothing },
  { name: "undefined is nothing.", code: "undefined", expected: nothing },
  is("null is a result.", "null", null),
  is("The completion value of an if is the result.", "if (true) { 5 } else { 6 }", 5),
  is("The completion value of a loop is the result.", "for (let i = 0; i < 4; i++) i * 10;", 30),
  is("The completion value of a try is the result.", "try { null.x } catch { 'caught' }", "caught"),
  is("A directive alone is a string.", "'use strict'", "use strict"),
  is("A strict script is strict.", "'use strict'; (function () { return this })() === undefined", true),
  is("A script is sloppy by itself.", "(function () { return this })() === globalThis", true),
  is("return ends the script.", "if (INPUT === null) return 'early'; 'late'", "early"),
  is("Without a return the last expression counts.", "if (INPUT !== null) return 1;\n2", 2),
  is("A function that returns is no script that returns.", "function f() { return 1 }\nf() + 1", 2),
  is("A comment may follow the last expression.", "await 1;\n7 // seven", 7),
  is("A hashbang is no code.", "#!/usr/bin/env node\nawait 3", 3),
  is("Dates are written as JSON writes them.", "new Date(0)", "1970-01-01T00:00:00.000Z"),
  is("NaN becomes null, as in JSON.", "[NaN, Infinity]", [null, null]),
  is("A lone surrogate survives.", "'\\ud800'.length", 1),
  is("BigInt and templates parse.", "`a` + 2n ** 64n", "a18446744073709551616"),
  is(
    "Modern syntax runs.",
    "class A { #x = 1; static { this.y = 2 } get x() { return this.#x } } [new A().x, A.y, null ?? 3, [1, 2].at(-1)]",
    [1, 2, 3, 2],
  ),
  is("eval and Function are there.", "[eval('1 + 1'), new Function('a', 'return a * 2')(4)]", [2, 8]),
  is("Let in one eval is not seen in the next.", "eval('let hidden = 1'); typeof hidden", "undefined"),
];

const asynchronous: SourceCase[] = [
  is("await works at top level.", "const x = await Promise.resolve(20);\nx + 1", 21),
  is("await of a bracket is an await.", "await (async () => 8)()", 8),
  is(
    "for await works at top level.",
    "let n = 0; for await (const x of [1, Promise.resolve(2)]) n += x; n",
    3,
  ),
  is("A promise as the last value is awaited.", "Promise.resolve({ deep: Promise.resolve(1) && 2 })", {
    deep: 2,
  }),
  is("A promise returned is awaited.", "return (async () => { await null; return 'done' })()", "done"),
  is(
    "Microtasks run to their end.",
    "const seen = []; (async () => { for (let i = 0; i < 3; i++) { await null; seen.push(i) } })(); seen",
    [0, 1, 2],
  ),
  is(
    "setTimeout passes its arguments.",
    "await new Promise((done) => setTimeout(done, 1, 'argument'))",
    "argument",
  ),
  is(
    "Timers run in the order of their delays.",
    "const seen = []; setTimeout(() => seen.push('b'), 20); setTimeout(() => seen.push('a'), 1); seen",
    ["a", "b"],
  ),
  {
    name: "A job ends when its timers have ended.",
    code: "setTimeout(() => console.log('late'), 5); 'value'",
    expected: result("value"),
    stdout: "late\n",
  },
  is("clearTimeout prevents.", "const seen = []; clearTimeout(setTimeout(() => seen.push(1), 1)); seen", []),
  is(
    "setInterval repeats until it is cleared.",
    "let n = 0; const t = setInterval(() => { if (++n === 3) clearInterval(t) }, 1); await new Promise((done) => setTimeout(done, 30)); n",
    3,
  ),
  is(
    "queueMicrotask comes before timers.",
    "const seen = []; setTimeout(() => seen.push('timer'), 0); queueMicrotask(() => seen.push('microtask')); seen",
    ["microtask", "timer"],
  ),
  is(
    "A rejection that is handled later in the same turn is no failure.",
    "const p = Promise.reject(1); await null; await p.catch(() => 'handled')",
    "handled",
  ),
  fails(
    "A rejection that nobody handles fails the job.",
    "Promise.reject(new TypeError('lost')); 1",
    "guest_error",
    /^TypeError: lost \(line 1\)$/,
  ),
  fails(
    "A throw in a timer fails the job.",
    "setTimeout(() => {\n  throw new Error('in time') }, 1); 1",
    "guest_error",
    /^Error: in time \(line 2\)$/,
  ),
  fails(
    "A throw in a microtask fails the job.",
    "queueMicrotask(() => { throw new RangeError('soon') }); 1",
    "guest_error",
    /^RangeError: soon/,
  ),
  fails(
    "A throw after await fails the job.",
    "await null;\nnull.x",
    "guest_error",
    /^TypeError: .*null.* \(line 2\)$/,
  ),
  fails(
    "What can never settle fails at once.",
    "await new Promise(() => {})",
    "guest_error",
    /nothing is left to settle/,
  ),
];

const errors: SourceCase[] = [
  fails(
    "A throw tells name, message and line.",
    "\n\nthrow new Error('on purpose')",
    "guest_error",
    /^Error: on purpose \(line 3\)$/,
  ),
  fails("A throw of a string is told.", "throw 'plain'", "guest_error", /^Uncaught 'plain'$/),
  fails("A throw of an object is told.", "throw { code: 7 }", "guest_error", /^Uncaught \{ code: 7 \}$/),
  fails("A throw of nothing is told.", "throw undefined", "guest_error", /^Uncaught undefined$/),
  fails(
    "An own error class is told by its name.",
    "class Mine extends Error { name = 'Mine' } throw new Mine('x')",
    "guest_error",
    /^Mine: x/,
  ),
  fails(
    "An error that cannot be read is told all the same.",
    "throw Object.create(Error.prototype, { message: { get() { throw 1 } } })",
    "guest_error",
    /cannot be shown/,
  ),
  fails(
    "A revoked proxy is told all the same.",
    "const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy",
    "guest_error",
    /Uncaught/,
  ),
  fails("An unknown name is told.", "nowhere + 1", "guest_error", /^ReferenceError: nowhere is not defined/),
  fails(
    "Endless recursion is told.",
    "const f = () => f() + 1; f()",
    "guest_error",
    /^RangeError: Maximum call stack/,
  ),
  fails("A SyntaxError at run time is the guest's.", "JSON.parse('{')", "guest_error", /^SyntaxError: /),
  fails(
    "A syntax error tells its line.",
    "let a = 1;\nlet b = ;",
    "syntax_error",
    /^Unexpected token \(line 2, column 9\)$/,
  ),
  fails(
    "An unfinished string is a syntax error.",
    "'abc",
    "syntax_error",
    /Unterminated string constant \(line 1/,
  ),
  fails("import is a syntax error.", "import fs from 'fs'", "syntax_error", /import.*line 1/),
  fails("A name declared twice is a syntax error.", "let a; let a;", "syntax_error", /already been declared/),
  fails("A function is no result.", "() => 1", "result_not_json", /a function/),
  fails("A symbol is no result.", "Symbol('x')", "result_not_json", /a symbol/),
  fails("A BigInt is no result.", "10n", "result_not_json", /a bigint/),
  fails("A BigInt within is no result.", "({ a: 10n })", "result_not_json", /BigInt/),
  fails("A cycle is no result.", "const ring = {}; ring.ring = ring; ring", "result_not_json", /circular/),
  fails(
    "A toJSON that throws is no result.",
    "({ toJSON() { throw new Error('no') } })",
    "result_not_json",
    /Error: no/,
  ),
  fails("A result over the limit is refused.", "'x'.repeat((8 << 20) + 1)", "result_too_large", /8/),
];

const typescript: SourceCase[] = [
  is(
    "Types are stripped.",
    "interface P { x: number }\nconst p: P = { x: 2 };\nfunction f<T>(a: T): T { return a }\nf<number>(p.x) as number",
    2,
  ),
  is(
    "Types go together with await and return.",
    "const x: number = await Promise.resolve(1);\nreturn x satisfies number",
    1,
  ),
  is("An enum becomes an object.", "enum Color { Red, Green }\nColor.Green", 1),
  fails(
    "Lines stay where they are.",
    "type A = {\n  b: string\n};\nconst a: A = null;\na.b",
    "guest_error",
    /\(line 5\)$/,
  ),
  fails(
    "A syntax error in TypeScript tells its line.",
    "const a: number = 1;\nconst b: = 2;",
    "syntax_error",
    /line 2/,
  ),
];

const seal: SourceCase[] = [
  is(
    "The global names are the language's and the web's.",
    "Object.getOwnPropertyNames(globalThis).filter((n) => /^[a-z]/.test(n)).sort()",
    [
      ...[
        "atob",
        "btoa",
        "clearInterval",
        "clearTimeout",
        "console",
        "crypto",
        "db",
        "decodeURI",
        "decodeURIComponent",
      ],
      ...[
        "encodeURI",
        "encodeURIComponent",
        "escape",
        "eval",
        "globalThis",
        "isFinite",
        "isNaN",
        "parseFloat",
      ],
      ...[
        "parseInt",
        "performance",
        "queueMicrotask",
        "setInterval",
        "setTimeout",
        "structuredClone",
        "undefined",
      ],
      "unescape",
    ],
  ),
  is(
    "Errors at the end of the stack are the guest's own.",
    `const wrong = new Set();
     const calls = {
       encode: () => new TextEncoder().encode('x'), decode: () => new TextDecoder().decode(new Uint8Array(1)),
       uuid: () => crypto.randomUUID(), random: () => crypto.getRandomValues(new Uint8Array(1)), atob: () => atob('aa'),
       url: () => new URL('a:b'), query: () => new URLSearchParams('a=1').toString(), now: () => performance.now(),
       timer: () => clearTimeout(setTimeout(() => {}, 1)), digest: () => crypto.subtle.digest('SHA-1', new Uint8Array(1)).catch((e) => check('digest', e)),
       wasm: () => new WebAssembly.Module(new Uint8Array(1)), load: () => import('x').catch((e) => check('load', e)),
     };
     const check = (name, error) => { if (!(error instanceof Error) || error.constructor.constructor !== Function) wrong.add(name) };
     for (const name of Object.keys(calls)) {
       let calling = 200;
       const dive = () => {
         try { dive() } catch (error) { check(name + ' dive', error) }
         if (calling-- > 0) try { calls[name]() } catch (error) { check(name, error) }
       };
       dive();
     }
     await new Promise((done) => setTimeout(done, 10));
     [...wrong]`,
    [],
  ),
  is(
    "Every prototype chain ends in the guest's own.",
    `const seen = new Set(), foreign = [], queue = [[globalThis, 'globalThis']];
     const own = new Set([Object.prototype, null]);
     for (const [object, path] of queue) {
       if (seen.has(object)) continue;
       seen.add(object);
       let above = object;
       while (above !== null && above !== Object.prototype) above = Object.getPrototypeOf(above);
       if (!own.has(above)) foreign.push(path);
       if (typeof object === 'function' && !(object instanceof Function) && object !== Function.prototype) foreign.push(path + ' is a foreign function');
       for (const key of Reflect.ownKeys(object)) {
         const d = Reflect.getOwnPropertyDescriptor(object, key);
         let got; try { got = object[key]; if (got instanceof Promise) got.catch(() => {}) } catch (error) { got = error }
         for (const next of [d.value, d.get, d.set, got]) if (Object(next) === next) queue.push([next, path + '.' + String(key)]);
       }
       const p = Object.getPrototypeOf(object);
       if (p !== null) queue.push([p, path + '.__proto__']);
     }
     [foreign, seen.size > 1000]`,
    [[], true],
  ),
  is(
    "Stack traces are text, whatever a guest asks for.",
    "Error.prepareStackTrace = (e, frames) => frames; class E extends Error {}; E.prepareStackTrace = Error.prepareStackTrace; const o = {}; Error.captureStackTrace(o); [typeof new Error('x').stack, typeof new E('x').stack, typeof o.stack]",
    ["string", "string", "string"],
  ),
  is(
    "A name Error of one's own changes no stack trace.",
    "try { globalThis.Error = { prepareStackTrace: (e, frames) => frames } } catch {} typeof new TypeError('x').stack",
    "string",
  ),
  is("Atomics cannot wake anything later.", "typeof Atomics.waitAsync", "undefined"),
  is(
    "A finalizer is never called.",
    "let n = 0; const r = new FinalizationRegistry(() => n++); for (let i = 0; i < 1000; i++) r.register({}, i); [r.unregister({}), n]",
    [false, 0],
  ),
  is(
    "WebAssembly compiles at once, behind a promise.",
    "const { module, instance } = await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); [module instanceof WebAssembly.Module, instance instanceof WebAssembly.Instance]",
    [true, true],
  ),
  is(
    "What WebAssembly makes is the guest's own.",
    `const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 3, 1, 0, 1, 7, 9, 2, 1, 102, 0, 0, 1, 109, 2, 0, 10, 5, 1, 3, 0, 0, 11]);
     const { f, m } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
     let trap; try { f() } catch (error) { trap = error }
     [f.constructor === Function, m.buffer.constructor === ArrayBuffer, trap instanceof WebAssembly.RuntimeError, trap instanceof Error]`,
    [true, true, true, true],
  ),
  fails(
    "WebAssembly that is none rejects with the guest's error.",
    "await WebAssembly.compile(new Uint8Array(3))",
    "guest_error",
    /^CompileError: /,
  ),
];

export const jsCases: readonly SourceCase[] = [
  ...results,
  ...asynchronous,
  ...errors,
  ...typescript,
  ...seal,
];
