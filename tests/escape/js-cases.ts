import { attempt, type EscapeCase } from "./cases.ts";

/** Runs an expression that should throw and tells its message. */
const refused = (expression: string) => `
  let met;
  try { met = "got " + String(await (${expression})); } catch (error) { met = error.name + ": " + error.message; }
  return met;`;

const noImport = { result: /^TypeError: .*import/i };
const noName = (name: string) => ({ result: `ReferenceError: ${name} is not defined` });

/** Walks every object a guest can reach and asks each function's constructor what it can see. */
export const walkEverything = `
  const seen = new Set(), found = [];
  const look = (value, path, depth) => {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || seen.has(value)) return;
    seen.add(value);
    try {
      const maker = value.constructor && value.constructor.constructor;
      if (typeof maker === "function") {
        const kind = maker("return typeof Deno + typeof process + typeof require + typeof importScripts")();
        if (kind !== "undefinedundefinedundefinedundefined") found.push(path + " " + kind);
        if (maker !== Function) found.push(path + " has a foreign Function");
      }
    } catch (error) { if (!(error instanceof Error)) found.push(path + " throws a foreign error"); }
    if (depth > 6) return;
    for (const key of Reflect.ownKeys(value)) {
      let next;
      try {
        const own = Reflect.getOwnPropertyDescriptor(value, key);
        look(own.get, path + ".get " + String(key), depth + 1);
        look(own.set, path + ".set " + String(key), depth + 1);
        next = value[key];
        if (next instanceof Promise) next.catch(() => {});
      } catch (error) { look(error, path + "." + String(key) + " error", depth + 1); }
      look(next, path + "." + String(key), depth + 1);
    }
    look(Reflect.getPrototypeOf(value), path + ".__proto__", depth + 1);
  };
  look(globalThis, "globalThis", 0);
  found.slice(0, 10)`;

/** Calls everything that may throw with things that make it throw, and asks whose errors those are. */
export const foreignErrors = `
  const wrong = [];
  const meet = (label, action) => {
    try { action(); } catch (error) {
      if (!(error instanceof Error) || error.constructor.constructor !== Function) wrong.push(label);
    }
  };
  const bad = [Symbol("x"), { toString() { throw new Error("mine"); } }, null, undefined, -1, "%", new Proxy({}, { get() { throw new Error("mine"); } })];
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = globalThis[name];
    if (typeof value !== "function" || name === "eval") continue;
    for (const argument of bad) {
      meet(name + "()", () => value(argument));
      meet("new " + name, () => new value(argument));
    }
  }
  for (const method of Object.keys(console)) for (const argument of bad) meet("console." + method, () => console[method](argument, argument));
  for (const argument of bad) {
    meet("atob", () => atob(argument)); meet("URL", () => new URL(argument)); meet("decode", () => new TextDecoder(argument));
    meet("random", () => crypto.getRandomValues(argument)); meet("clone", () => structuredClone(argument));
  }
  wrong`;

export const jsCases: readonly EscapeCase[] = [
  attempt("js", "Deno is not there", refused("Deno.readTextFile('/etc/passwd')"), noName("Deno")),
  attempt("js", "process is not there", refused("process.env"), noName("process")),
  attempt("js", "require is not there", refused("require('fs')"), noName("require")),
  attempt("js", "fetch is not there", refused("fetch('http://127.0.0.1:8000/health')"), noName("fetch")),
  attempt(
    "js",
    "WebSocket is not there",
    refused("new WebSocket('ws://127.0.0.1:8000')"),
    noName("WebSocket"),
  ),
  attempt(
    "js",
    "Worker is not there",
    refused("new Worker('data:text/javascript,for(;;);')"),
    noName("Worker"),
  ),
  attempt("js", "localStorage is not there", refused("localStorage.length"), noName("localStorage")),
  attempt("js", "caches is not there", refused("caches.open('x')"), noName("caches")),
  attempt("js", "import of a file by a literal", refused("import('file:///etc/passwd')"), noImport),
  attempt(
    "js",
    "import of a file by a computed name",
    refused("import(['file', ':///etc/hostname'].join(''))"),
    noImport,
  ),
  attempt(
    "js",
    "import of text as text",
    refused("import('file:///etc/passwd', { with: { type: 'text' } })"),
    noImport,
  ),
  attempt("js", "import over https", refused("import('https://example.com/x.js')"), noImport),
  attempt("js", "import from npm", refused("import('npm:left-pad')"), noImport),
  attempt("js", "import of a node module", refused("import('node:fs')"), noImport),
  attempt(
    "js",
    "import of data that imports further",
    refused("import('data:text/javascript,import \"file:///etc/passwd\"')"),
    noImport,
  ),
  attempt(
    "js",
    "import from within Function",
    refused("new Function('return import(\"node:fs\")')()"),
    noImport,
  ),
  attempt(
    "js",
    "import from within nested eval in a timer",
    refused(
      "new Promise((done) => setTimeout(() => done((0, eval)('import(\"data:text/javascript,1\")')), 1))",
    ),
    noImport,
  ),
  attempt("js", "a static import does not parse", "import fs from 'node:fs'; 1", {
    code: "syntax_error",
    error: /line 1/i,
  }),
  attempt("js", "every reachable object belongs to the guest", walkEverything, { result: [] }),
  attempt("js", "every error belongs to the guest", foreignErrors, { result: [] }),
  attempt(
    "js",
    "callers are out of reach",
    "(function f() { 'x'; const c = f.caller; return c === null ? 'none' : String(c.constructor('return typeof Deno')()); })()",
    { result: "none" },
  ),
  attempt(
    "js",
    "stack frames give no functions of the kernel",
    "Error.prepareStackTrace = (_, frames) => frames; const frames = new Error().stack; Error.prepareStackTrace = undefined;" +
      "(Array.isArray(frames) ? frames : []).map((f) => f.getFunction && f.getFunction()).filter(Boolean).filter((f) => f.constructor !== Function).length",
    { result: 0 },
  ),
  attempt(
    "js",
    "an own JSON.stringify does not forge the result",
    "JSON.stringify = () => '\"forged\"'; Object.prototype.toJSON = () => 'forged'; 7",
    { result: 7 },
  ),
  attempt(
    "js",
    "a polluted Object.prototype reaches nobody",
    "Object.prototype.t = 'done'; Object.prototype.id = 1; Object.prototype.code = 'timeout'; Object.prototype.ok = false; Array.prototype.push = () => { throw new Error('pushed'); }; 'still here'",
    { result: "still here" },
  ),
  attempt(
    "js",
    "a polluted promise reaches nobody",
    "Promise.prototype.then = function () { return 'stolen'; }; await 5",
    { result: 5 },
  ),
  attempt("js", "a getter on the result runs inside, once", "let n = 0; ({ get x() { return ++n; } })", {
    result: { x: 1 },
  }),
  attempt("js", "endless loop", "for (;;);", { code: "timeout" }, { timeout_seconds: 0.5 }),
  attempt(
    "js",
    "endless loop of promises",
    "const again = () => Promise.resolve().then(again); await again()",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt(
    "js",
    "endless loop in toJSON",
    "({ toJSON() { for (;;); } })",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt(
    "js",
    "a regular expression that never ends",
    "/^(a+)+$/.test('a'.repeat(60) + 'b')",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt(
    "js",
    "a timer that never ends",
    "setInterval(() => {}, 1); 1",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt("js", "a promise that never settles", "await new Promise(() => {})", {
    code: "guest_error",
    error: /promise that nothing is left to settle/,
  }),
  attempt(
    "js",
    "waiting on shared memory",
    "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
    { code: "timeout" },
    { timeout_seconds: 0.5 },
  ),
  attempt("js", "endless recursion", "const dive = () => dive() + 1; dive()", {
    code: "guest_error",
    error: /call stack/i,
  }),
  attempt(
    "js",
    "heap bomb",
    "const hold = []; for (;;) hold.push(new Array(1000).fill(hold.length))",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "js",
    "string bomb",
    "const hold = []; for (let i = 0; ; i++) hold.push(('x' + i).repeat(100000).split('').reverse().join(''))",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "js",
    "ArrayBuffer bomb",
    "const hold = []; for (;;) hold.push(new Uint8Array(8 << 20).fill(1))",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "js",
    "wasm memory bomb",
    "const hold = []; for (;;) { const m = new WebAssembly.Memory({ initial: 128 }); new Uint8Array(m.buffer).fill(1); hold.push(m); }",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt("js", "a flood of output", "for (;;) console.log('x'.repeat(1000))", { code: "output_exceeded" }),
  attempt(
    "js",
    "a flood of output under catch-all",
    "for (;;) { try { console.log('x'.repeat(1000)); } catch {} }",
    { code: "output_exceeded" },
  ),
  attempt("js", "a result that is too large", "'x'.repeat(9 << 20)", { code: "result_too_large" }),
  attempt("js", "a result with a cycle", "const ring = {}; ring.ring = ring; ring", {
    code: "result_not_json",
  }),
  attempt("js", "a BigInt result", "10n", { code: "result_not_json" }),
];
