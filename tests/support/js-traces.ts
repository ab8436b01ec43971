/**
 * How one JavaScript task might leave something for the next. After each the world must look, property by property, as
 * it did to the first task of all.
 */
export interface JsTrace {
  readonly name: string;
  readonly leave: string;
  /** It fails at once, on something frozen, or the end of the task undoes it: not even its own task's world differs. */
  readonly harmless?: true;
  /** It lies in wait to run without end when it is read. */
  readonly trap?: true;
}

/**
 * Writes down everything that can be reached: each object's prototype, whether it can be extended, and its properties
 * with values and attributes, in order. Objects are numbered as they are met. It reads no accessor of the language and
 * leaves nothing itself.
 */
export const fingerprint = `
  const lines = [[RegExp.$1, RegExp.$9, RegExp.lastMatch, RegExp.input, RegExp.leftContext].join('|')];
  const ids = new Map(), queue = [];
  const idOf = (value) => {
    if (!ids.has(value)) { ids.set(value, ids.size); queue.push(value); }
    return '#' + ids.get(value);
  };
  const show = (value) => Object(value) === value ? idOf(value) : typeof value + ' ' + String(value);
  show(globalThis);
  for (const root of [function* () {}, async () => {}, async function* () {}, (function* () {})(), [][Symbol.iterator](),
    new Map().entries(), new Set().entries(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), [].values().map(String),
    Iterator.from({ next() {} }), (function () { 'use strict'; return arguments })()]) show(Object.getPrototypeOf(root));
  const stack = Object.getOwnPropertyDescriptor(new Error('x'), 'stack');
  show(stack.get); show(stack.set);
  for (const lazy of [URL, URLSearchParams, TextEncoder, TextDecoder, crypto, crypto.subtle, CryptoKey, performance, Event,
    CustomEvent, EventTarget, AbortController, AbortSignal, DOMException]) show(lazy);
  show(Object.getPrototypeOf(crypto.subtle));
  show(Object.getPrototypeOf(new URLSearchParams('a=1').entries()));
  for (const object of queue) {
    lines.push(idOf(object) + ' ' + typeof object + ' of ' + show(Object.getPrototypeOf(object)) + ' ' + Object.isExtensible(object));
    for (const key of Reflect.ownKeys(object)) {
      if (object === globalThis && key === 'INPUT') continue;
      const d = Reflect.getOwnPropertyDescriptor(object, key);
      lines.push('  ' + String(key) + ' ' + [d.writable, d.enumerable, d.configurable].map(Number).join('') + ' ' +
        ('value' in d ? show(d.value) : 'get ' + show(d.get) + ' set ' + show(d.set)));
    }
  }
  lines`;

/** Waits first, for what may come later. */
export const fingerprintLater = `await new Promise((done) => setTimeout(done, 30)); ${fingerprint}`;

const field = (target: string, key: string, value: string) =>
  `class Base { constructor() { return ${target} } } class Field extends Base { ${key} = ${value} } try { new Field() } catch {} 1`;

const fromGlobals: JsTrace[] = [
  { name: "var, function and undeclared names", leave: "var a = 1; function b() {} c = 2; 1" },
  {
    name: "a name that cannot be deleted",
    leave: "Object.defineProperty(globalThis, 'left', { value: 1 }); 1",
  },
  {
    name: "names that are symbols or numbers",
    leave: "globalThis[Symbol('left')] = 1; globalThis[7] = 1; 1",
  },
  { name: "a built-in replaced by a function of its name", leave: "function parseInt() {} 1" },
  { name: "a built-in replaced by a var of its name", leave: "var Array = 1, URL = 2, Proxy = 3; 1" },
  { name: "a built-in deleted", leave: "delete globalThis.Map; delete globalThis.URL; 1" },
  {
    name: "a built-in deleted and put back",
    leave: "const m = Map; delete globalThis.Map; globalThis.Map = m; 1",
  },
  { name: "an accessor as a global", leave: "globalThis.__defineGetter__('left', () => 1); 1" },
  { name: "an accessor over a global", leave: "globalThis.__defineGetter__('Set', () => 1); 1" },
  {
    name: "globals of direct eval and Function",
    leave: "eval('var a = 1'); Function('b = 2')(); (0, eval)('function c() {}'); 1",
  },
  {
    name: "another prototype of the global object",
    leave: "try { Object.setPrototypeOf(globalThis, { left: 1 }) } catch {} 1",
  },
  { name: "a sealed global object", leave: "try { Object.preventExtensions(globalThis) } catch {} 1" },
];

const fromIntrinsics: JsTrace[] = [
  { name: "a method added", leave: "Array.prototype.left = 1; Object.assign(Math, { left: 1 }); 1" },
  {
    name: "a method added under a symbol",
    leave: "Math[Symbol('left')] = 1; Array.prototype[Symbol.toPrimitive] = 1; 1",
  },
  { name: "a method deleted under a symbol", leave: "delete Array.prototype[Symbol.iterator]; 1" },
  {
    name: "a hidden property added behind a prototype lent for a while",
    leave:
      "const P = Object.prototype.__lookupSetter__('__proto__'); P.call(JSON, Intl.DateTimeFormat.prototype); Intl.DateTimeFormat.call(JSON); P.call(JSON, Object.prototype); 1",
  },
  { name: "a method replaced", leave: "Array.prototype.map = () => 1; 1" },
  { name: "a method deleted", leave: "delete Array.prototype.flat; 1" },
  {
    name: "a method deleted and put back",
    leave: "const abs = Math.abs; delete Math.abs; Math.abs = abs; 1",
  },
  {
    name: "a property deleted that reads the same above",
    leave: "delete RangeError.prototype.message; delete Map.length; 1",
  },
  {
    name: "an accessor deleted, its number made up for",
    leave: "delete Map.prototype.size; Error.captureStackTrace(Map.prototype); 1",
  },
  {
    name: "an accessor replaced",
    leave: "Object.defineProperty(RegExp.prototype, 'flags', { get: () => 'left' }); 1",
  },
  {
    name: "an accessor replaced through Reflect",
    leave: "Reflect.defineProperty(Map.prototype, 'size', { get: () => 1 }); 1",
  },
  {
    name: "an accessor replaced through defineProperties",
    leave: "Object.defineProperties(Map.prototype, { size: { get: () => 1 } }); 1",
  },
  {
    name: "an accessor replaced in the old way",
    leave: "Map.prototype.__defineGetter__('size', () => 1); 1",
  },
  {
    name: "an accessor replaced by calling indirectly",
    leave: "Reflect.apply(Object.defineProperty, null, [Map.prototype, 'size', { get: () => 1 }]); 1",
  },
  {
    name: "an accessor replaced behind a proxy",
    leave: "Object.defineProperty(new Proxy(Map.prototype, {}), 'size', { get: () => 1 }); 1",
  },
  {
    name: "an attribute changed behind a proxy found elsewhere",
    leave:
      "const P = Object.getOwnPropertyDescriptor(globalThis, 'Proxy').get.call(globalThis); Object.defineProperty(new P(Math, {}), 'abs', { writable: false }); 1",
  },
  { name: "an attribute changed", leave: "Object.defineProperty(Math, 'abs', { writable: false }); 1" },
  { name: "a field defined over a method", leave: field("Array.prototype", "map", "Array.prototype.map") },
  {
    name: "a field defined over a method named by a symbol",
    leave: field("Array.prototype", "[Symbol.iterator]", "Array.prototype.values"),
  },
  { name: "a field defined over an accessor", leave: field("RegExp.prototype", "flags", "'left'") },
  {
    name: "a field defined over an accessor named by a symbol",
    leave: field("Map", "[Symbol.species]", "1"),
  },
  { name: "a field defined on the global object", leave: field("globalThis", "Map", "Map") },
  { name: "a field defined on the console", leave: field("console", "log", "1") },
  {
    name: "items created on what a constructor returns",
    leave:
      "Array.from.call(function () { return Math }, [1]); Array.of.call(function () { return JSON }, 2); 1",
  },
  {
    name: "a stack captured",
    leave: "Error.captureStackTrace(Math); try { Error.captureStackTrace(parseInt) } catch {} 1",
  },
  {
    name: "the fallback symbol of Intl's old constructors",
    leave:
      "Object.setPrototypeOf(Math, Intl.NumberFormat.prototype); Intl.NumberFormat.call(Math); Object.setPrototypeOf(Math, Object.prototype); 1",
  },
  { name: "another prototype", leave: "Object.setPrototypeOf(Math, { left: 1 }); 1" },
  { name: "another prototype through Reflect", leave: "Reflect.setPrototypeOf(Array, { left: 1 }); 1" },
  { name: "another prototype through __proto__", leave: "JSON.__proto__ = { left: 1 }; 1" },
  {
    name: "frozen, sealed and closed objects",
    leave: "Object.freeze(Array.prototype); Object.seal(Math); Reflect.preventExtensions(JSON); 1",
  },
  { name: "an object closed", leave: "Object.preventExtensions(Date.prototype); 1" },
  {
    name: "properties on built-in functions",
    leave:
      "parseInt.left = 1; Array.prototype.map.left = 1; Object.getOwnPropertyDescriptor(Map.prototype, 'size').get.left = 1; 1",
    harmless: true,
  },
  {
    name: "properties where only syntax leads",
    leave:
      "for (const o of [[][Symbol.iterator](), (function* () {})(), function* () {}, async () => {}, 'a'.matchAll(/a/g)]) { Object.getPrototypeOf(o).left = 1; Object.getPrototypeOf(o).constructor.left = 1 } 1",
  },
  {
    name: "properties on the accessors of stack",
    leave:
      "const d = Object.getOwnPropertyDescriptor(new Error('x'), 'stack'); d.get.left = 1; d.set.left = 1; 1",
    harmless: true,
  },
  {
    name: "properties deep in Intl and Temporal",
    leave: "Intl.left = 1; Intl.DateTimeFormat.prototype.left = 1; Temporal.Now.left = 1; 1",
  },
  {
    name: "properties in WebAssembly",
    leave: "WebAssembly.left = 1; WebAssembly.Memory.prototype.left = 1; 1",
    harmless: true,
  },
  {
    name: "the odd setters of Iterator.prototype",
    leave:
      "try { Iterator.prototype[Symbol.toStringTag] = 'left'; Iterator.prototype.constructor = 1 } catch {} 1",
    harmless: true,
  },
  {
    name: "a getter above what the proof reads",
    leave:
      "delete Array.prototype.map; Object.setPrototypeOf(Array.prototype, { get map() { for (;;); } }); 1",
    trap: true,
  },
  {
    name: "a getter above typed arrays",
    leave:
      "delete Uint8Array.name; const T = Object.getPrototypeOf(Uint8Array); delete T.name; Object.setPrototypeOf(T, { get name() { for (;;); } }); 1",
    trap: true,
  },
  {
    name: "the last match of an expression",
    leave: "/(se)(cret)/.exec('a secret here'); RegExp.input = 'left'; 1",
  },
  {
    name: "the settings of stack traces",
    leave: "Error.stackTraceLimit = 0; Error.prepareStackTrace = () => 'left'; 1",
  },
];

const fromWebGlobals: JsTrace[] = [
  {
    name: "properties on web classes",
    leave:
      "for (const c of [URL, URLSearchParams, TextEncoder, TextDecoder, Event, EventTarget, AbortController, AbortSignal, DOMException, CryptoKey]) { c.left = 1; c.prototype.left = 1 } 1",
    harmless: true,
  },
  {
    name: "properties on web objects",
    leave:
      "crypto.left = 1; crypto.subtle.left = 1; performance.left = 1; setTimeout.left = 1; structuredClone.left = 1; 1",
    harmless: true,
  },
  {
    name: "properties on what web objects lead to",
    leave:
      "crypto.subtle.constructor.prototype.left = 1; crypto.constructor.left = 1; new URLSearchParams('a=1').entries.left = 1; 1",
    harmless: true,
  },
  {
    name: "methods of web classes replaced",
    leave: "URL.prototype.toString = () => 'left'; delete TextEncoder.prototype.encode; 1",
    harmless: true,
  },
  { name: "web globals replaced", leave: "URL = 1; crypto = 2; performance = 3; 1" },
  {
    name: "properties on the console",
    leave: "console.left = 1; console.log = () => {}; delete console.warn; console.error.left = 1; 1",
  },
  { name: "the console replaced", leave: "console = {}; setTimeout = 1; 1" },
  {
    name: "counters and groups of the console",
    leave: "console.group(); console.count('x'); console.time('x'); 1",
    harmless: true,
  },
  {
    name: "a setter in the place of the input",
    leave: "Object.defineProperty(globalThis, 'INPUT', { set() { for (;;); } }); 1",
  },
  {
    name: "a setter in the place of the input, in the old way",
    leave: "delete globalThis.INPUT; globalThis.__defineSetter__('INPUT', () => { for (;;); }); 1",
  },
  { name: "the input deleted", leave: "delete globalThis.INPUT; 1" },
  { name: "the input fixed", leave: "Object.freeze(globalThis); 1" },
  {
    name: "the input",
    leave: "INPUT = 1; Object.defineProperty(globalThis, 'INPUT', { value: 2, configurable: false }); 1",
  },
];

/** Each would pollute a prototype, later than its task. */
const later = "Array.prototype.left = 1";
const fromLater: JsTrace[] = [
  { name: "a timer of a task that failed", leave: `setTimeout(() => { ${later} }, 5); throw 1` },
  { name: "an interval of a task that failed", leave: `setInterval(() => { ${later} }, 5); throw 1` },
  {
    name: "promises of a task that failed",
    leave: `(async () => { for (let i = 0; i < 100; i++) await 0; ${later} })(); throw 1`,
  },
  {
    name: "an operation of a task that failed",
    leave: `crypto.subtle.digest('SHA-256', new Uint8Array(1 << 20)).then(() => { ${later} }); throw 1`,
  },
  {
    name: "a promise begun by a getter of the result",
    leave: `({ get x() { (async () => { await 0; await 0; ${later} })(); return 1 } })`,
  },
  {
    name: "a timer begun by toJSON",
    leave: `({ toJSON() { setTimeout(() => { ${later} }, 5); return 1 } })`,
  },
  {
    name: "a promise begun by the error's message",
    leave: `throw Object.create(Error.prototype, { message: { get() { (async () => { await 0; ${later} })(); return 'x' } } })`,
  },
  { name: "a signal's timeout", leave: `AbortSignal.timeout(5).onabort = () => { ${later} }; 1` },
  { name: "a finalizer", leave: `new FinalizationRegistry(() => { ${later} }).register({}, 1); 1` },
  {
    name: "an import refused",
    leave: `import('x').catch(() => { setTimeout(() => { ${later} }, 5) }); throw 1`,
  },
  {
    name: "a promise that a rejection begins",
    leave: `Promise.reject(Object.create(Error.prototype, { message: { get() { (async () => { await 0; ${later} })(); return 'x' } } })); 1`,
  },
];

export const jsTraces: readonly JsTrace[] = [...fromGlobals, ...fromIntrinsics, ...fromWebGlobals];
export const jsLateTraces: readonly JsTrace[] = fromLater;
