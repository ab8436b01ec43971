import { failure, nothing, result, type SourceCase } from "./kernel-cases.ts";

const is = (name: string, code: string, value: Parameters<typeof result>[0]): SourceCase => ({
  name,
  code,
  expected: result(value),
});
const prints = (name: string, code: string, stdout: string): SourceCase => ({
  name,
  code: `${code}; undefined`,
  expected: nothing,
  stdout,
  stderr: "",
});
const fails = (name: string, code: string, message: RegExp): SourceCase => ({
  name,
  code,
  expected: failure("guest_error", message),
});

const consoles: SourceCase[] = [
  {
    name: "console.warn and console.error write to stderr.",
    code: "console.warn('w'); console.error('e'); console.log('o'); undefined",
    expected: nothing,
    stdout: "o\n",
    stderr: "w\ne\n",
  },
  prints(
    "Values are shown as Node shows them.",
    "console.log('a', 1, -0, 2n, true, null, undefined, Symbol('s'))",
    "a 1 -0 2n true null undefined Symbol(s)\n",
  ),
  prints(
    "Objects and arrays are shown on one line while they fit.",
    "console.log({ a: 1, 'b-c': 'two', d: [1, 'x', [2]] })",
    "{ a: 1, 'b-c': 'two', d: [ 1, 'x', [ 2 ] ] }\n",
  ),
  prints(
    "Deep objects are cut.",
    "console.log({ a: { b: { c: { d: 1 } }, e: [[[1]]] } })",
    "{ a: { b: { c: [Object] }, e: [ [Array] ] } }\n",
  ),
  prints(
    "Long objects are broken into lines.",
    "console.log({ first: 'x'.repeat(40), second: 'y'.repeat(40) })",
    `{\n  first: '${"x".repeat(40)}',\n  second: '${"y".repeat(40)}'\n}\n`,
  ),
  prints(
    "Maps, sets, dates and expressions are shown.",
    "console.log(new Map([['k', { v: 1 }]]), new Set([1, 'a']), new Date(0), /x/g)",
    "Map(1) { 'k' => { v: 1 } } Set(2) { 1, 'a' } 1970-01-01T00:00:00.000Z /x/g\n",
  ),
  prints(
    "Functions and classes are shown by name.",
    "console.log(function f() {}, () => {}, class A {}, class B extends Map {}, async function g() {})",
    "[Function: f] [Function (anonymous)] [class A] [class B extends Map] [AsyncFunction: g]\n",
  ),
  prints(
    "Instances are shown with their class.",
    "class P { constructor() { this.x = 1 } } console.log(new P(), Object.create(null), new (class extends P {})())",
    "P { x: 1 } [Object: null prototype] {} P { x: 1 }\n",
  ),
  prints(
    "Cycles are shown as references.",
    "const ring = { name: 'r' }; ring.self = ring; console.log(ring)",
    "<ref *1> { name: 'r', self: [Circular *1] }\n",
  ),
  prints(
    "Typed arrays and buffers are shown.",
    "console.log(new Uint8Array([1, 2]), new ArrayBuffer(2))",
    "Uint8Array(2) [ 1, 2 ] ArrayBuffer { byteLength: 2 }\n",
  ),
  prints("Holes are counted.", "console.log([1, , , 4])", "[ 1, <2 empty items>, 4 ]\n"),
  prints(
    "Numbers stand in columns.",
    "console.log(Array.from({ length: 30 }, (_, i) => i))",
    "[\n   0,  1,  2,  3,  4,  5,  6,  7,  8,\n   9, 10, 11, 12, 13, 14, 15, 16, 17,\n  18, 19, 20, 21, 22, 23, 24, 25, 26,\n  27, 28, 29\n]\n",
  ),
  prints(
    "Getters are named and not run.",
    "console.log({ get x() { throw 1 }, set y(v) {}, get z() { return 1 }, set z(v) {} })",
    "{ x: [Getter], y: [Setter], z: [Getter/Setter] }\n",
  ),
  prints(
    "Format directives are filled in.",
    "console.log('%s is %d years and %i, %f, %j %o %%', 'Bo', 42.5, 42.9, '1.5', { a: 1 }, [1], 'rest')",
    'Bo is 42.5 years and 42, 1.5, {"a":1} [ 1 ] % rest\n',
  ),
  prints(
    "Groups indent.",
    "console.group('outer'); console.log('a\\nb'); console.groupEnd(); console.log('c')",
    "outer\n  a\n  b\nc\n",
  ),
  prints(
    "Tables are drawn.",
    "console.table([{ a: 1, b: 'x' }, { a: 2 }])",
    "┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ 'x' │\n│ 1       │ 2 │     │\n└─────────┴───┴─────┘\n",
  ),
  prints(
    "Counters count.",
    "console.count(); console.count('x'); console.count(); console.countReset(); console.count()",
    "default: 1\nx: 1\ndefault: 2\ndefault: 1\n",
  ),
  {
    name: "Timers tell how long.",
    code: "console.time('t'); console.timeEnd('t'); undefined",
    expected: nothing,
    stdout: /^t: \d+(\.\d+)?ms\n$/,
  },
  {
    name: "Assertions speak when they fail.",
    code: "console.assert(true, 'no'); console.assert(false, 'yes %s', 1); undefined",
    expected: nothing,
    stdout: "",
    stderr: "Assertion failed: yes 1\n",
  },
  {
    name: "Errors are shown with the guest's own frames alone.",
    code: "function f() { return new RangeError('deep') }\nconsole.error(f()); undefined",
    expected: nothing,
    stderr: /^RangeError: deep\n {4}at f \(job\.js.*1:\d+\)\n {4}at .*job\.js.*2:\d+\)?\n$/,
  },
  {
    name: "A flood of short lines arrives whole and in order.",
    code: "for (let i = 0; i < 5000; i++) console.log(i); undefined",
    expected: nothing,
    stdout: `${Array.from({ length: 5000 }, (_, i) => i).join("\n")}\n`,
  },
];

const texts: SourceCase[] = [
  is(
    "TextEncoder and TextDecoder speak UTF-8.",
    "const b = new TextEncoder().encode('é€😀'); [b.length, new TextDecoder().decode(b), b instanceof Uint8Array]",
    [9, "é€😀", true],
  ),
  is(
    "encodeInto cuts no character in two.",
    "const b = new Uint8Array(5); const { read, written } = new TextEncoder().encodeInto('a😀b', b); const c = new TextEncoder().encodeInto('é€', new Uint8Array(4)); [read, written, c.read, c.written]",
    [3, 5, 1, 2],
  ),
  is(
    "A decoder keeps half a character for later.",
    "const d = new TextDecoder(); const b = new TextEncoder().encode('€'); d.decode(b.slice(0, 1), { stream: true }) + d.decode(b.slice(1), { stream: true }) + d.decode()",
    "€",
  ),
  is(
    "A decoder takes views and buffers.",
    "const b = new TextEncoder().encode('abcd'); [new TextDecoder().decode(b.buffer), new TextDecoder().decode(new DataView(b.buffer, 1, 2)), new TextDecoder('latin1').encoding]",
    ["abcd", "bc", "windows-1252"],
  ),
  fails(
    "A fatal decoder refuses what is no UTF-8.",
    "new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([255]))",
    /^TypeError: .*utf-8/,
  ),
  fails("An unknown encoding is a RangeError.", "new TextDecoder('klingon')", /^RangeError: .*klingon/),
  is("atob and btoa are each other's opposite.", "[btoa('héllo'), atob('aMOpbGxv'), atob(' YQ== ')]", [
    "aOlsbG8=",
    "hÃ©llo",
    "a",
  ]),
  fails("btoa refuses what is no byte.", "btoa('€')", /^InvalidCharacterError: /),
];

const urls: SourceCase[] = [
  is(
    "URL parses and resolves.",
    "const u = new URL('../b?x=1#h', 'https://user:pw@host.example:8080/a/c'); [u.href, u.origin, u.protocol, u.username, u.host, u.port, u.pathname, u.search, u.hash, String(u), JSON.stringify(u)]",
    [
      ...[
        "https://user:pw@host.example:8080/b?x=1#h",
        "https://host.example:8080",
        "https:",
        "user",
        "host.example:8080",
      ],
      ...[
        "8080",
        "/b",
        "?x=1",
        "#h",
        "https://user:pw@host.example:8080/b?x=1#h",
        '"https://user:pw@host.example:8080/b?x=1#h"',
      ],
    ],
  ),
  is(
    "A URL's parts can be set.",
    "const u = new URL('http://a/'); u.protocol = 'https'; u.host = 'b:1'; u.pathname = '/p q'; u.search = 'x=1'; u.hash = 'h'; u.href",
    "https://b:1/p%20q?x=1#h",
  ),
  is(
    "URL and its searchParams follow each other.",
    "const u = new URL('http://a/?x=1'); u.searchParams.append('y', '2 3'); const one = u.href; u.search = '?z=9'; [one, u.searchParams.get('z'), u.searchParams === u.searchParams]",
    ["http://a/?x=1&y=2+3", "9", true],
  ),
  is(
    "URL says what parses.",
    "[URL.canParse('x'), URL.canParse('x:'), URL.parse('nope'), URL.parse('a:b').href]",
    [false, true, null, "a:b"],
  ),
  fails("What is no URL is a TypeError.", "new URL('nope')", /^TypeError: Invalid URL: 'nope'/),
  is(
    "URLSearchParams comes from texts, records and pairs.",
    "[String(new URLSearchParams('?a=1&b=%20')), String(new URLSearchParams({ a: 'x y', b: 2 })), String(new URLSearchParams([['a', '&']])), String(new URLSearchParams(new URLSearchParams('q=1')))]",
    ["a=1&b=+", "a=x+y&b=2", "a=%26", "q=1"],
  ),
  is(
    "URLSearchParams reads and writes.",
    "const p = new URLSearchParams('b=2&a=1&b=3'); p.set('b', '4'); p.append('c', '5'); p.delete('a'); p.sort(); [[...p], p.has('a'), p.get('c'), p.getAll('b'), p.size, [...p.keys()], [...p.values()]]",
    [
      [
        ["b", "4"],
        ["c", "5"],
      ],
      false,
      "5",
      ["4"],
      2,
      ["b", "c"],
      ["4", "5"],
    ],
  ),
];

const clones: SourceCase[] = [
  is(
    "structuredClone copies deeply and keeps cycles.",
    "const a = { m: new Map([[1, new Set(['x'])]]), d: new Date(5), r: /a/gi, n: [1, , 3], big: 2n ** 70n + '' }; a.self = a; const c = structuredClone(a); [c !== a, c.self === c, [...c.m.get(1)], c.d.getTime(), String(c.r), 1 in c.n, c.n.length, c.big]",
    [true, true, ["x"], 5, "/a/gi", false, 3, "1180591620717411303424"],
  ),
  is(
    "structuredClone copies bytes and shares them within.",
    "const b = new ArrayBuffer(4); const c = structuredClone({ x: new Uint8Array(b, 1, 2), y: new DataView(b), e: new TypeError('t', { cause: 1 }) }); c.x[0] = 9; [c.y.getUint8(1), new Uint8Array(b)[1], c.x.byteOffset, c.e instanceof TypeError, c.e.message, c.e.cause]",
    [9, 0, 1, true, "t", 1],
  ),
  is(
    "structuredClone moves what is transferred.",
    "const b = new ArrayBuffer(4); const c = structuredClone(b, { transfer: [b] }); [c.byteLength, b.byteLength]",
    [4, 0],
  ),
  is(
    "structuredClone drops prototypes and reads getters.",
    "class P { constructor() { this.x = 1 } } const c = structuredClone({ p: new P(), get g() { return 2 } }); [c.p.constructor === Object, c.p.x, c.g]",
    [true, 1, 2],
  ),
  fails("A function cannot be cloned.", "structuredClone({ f() {} })", /^DataCloneError: /),
];

const hex =
  "const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, '0')).join('');";
const utf8 = "const utf8 = (s) => new TextEncoder().encode(s);";

const cryptos: SourceCase[] = [
  is(
    "randomUUID gives version 4, and never the same.",
    "const a = crypto.randomUUID(); [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(a), a === crypto.randomUUID()]",
    [true, false],
  ),
  is(
    "getRandomValues fills and returns its array.",
    "const a = new Uint32Array(64); [crypto.getRandomValues(a) === a, a.some((x) => x !== 0)]",
    [true, true],
  ),
  fails(
    "getRandomValues fills no more than 64 KiB.",
    "crypto.getRandomValues(new Uint8Array(65537))",
    /^QuotaExceededError: /,
  ),
  fails(
    "getRandomValues fills no floats.",
    "crypto.getRandomValues(new Float64Array(1))",
    /^TypeMismatchError: /,
  ),
  is(
    "digest hashes.",
    `${hex}${utf8} hex(await crypto.subtle.digest('SHA-256', utf8('abc')))`,
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  ),
  is(
    "HMAC signs and verifies.",
    `${hex}${utf8} const key = await crypto.subtle.importKey('raw', utf8('key'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']); const mac = await crypto.subtle.sign('HMAC', key, utf8('text')); [hex(mac).slice(0, 8), await crypto.subtle.verify('HMAC', key, mac, utf8('text')), await crypto.subtle.verify('HMAC', key, mac, utf8('other')), key.type, key.usages, key.algorithm.hash.name]`,
    ["6afa9046", true, false, "secret", ["sign", "verify"], "SHA-256"],
  ),
  is(
    "AES-GCM encrypts and decrypts.",
    `${utf8} const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt']); const iv = crypto.getRandomValues(new Uint8Array(12)); const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, utf8('secret')); const raw = await crypto.subtle.exportKey('raw', key); [box.byteLength, new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, box)), raw.byteLength, box instanceof ArrayBuffer]`,
    [22, "secret", 32, true],
  ),
  is(
    "PBKDF2 derives.",
    `${hex}${utf8} const key = await crypto.subtle.importKey('raw', utf8('password'), 'PBKDF2', false, ['deriveBits']); hex(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: utf8('salt'), iterations: 1 }, key, 256)).slice(0, 16)`,
    "120fb6cffcf8b32c",
  ),
  is(
    "ECDSA key pairs sign, and travel as JWK.",
    `${utf8} const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']); const jwk = await crypto.subtle.exportKey('jwk', publicKey); const again = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']); const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, utf8('x')); [jwk.kty, await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, again, signature, utf8('x')), privateKey instanceof CryptoKey]`,
    ["EC", true, true],
  ),
  fails(
    "An unknown algorithm is the guest's error.",
    "await crypto.subtle.digest('MD4', new Uint8Array(1))",
    /^NotSupportedError: /,
  ),
];

const events: SourceCase[] = [
  is(
    "Events reach their listeners in order, and once where asked.",
    "const t = new EventTarget(); const seen = []; t.addEventListener('x', (e) => seen.push(e.type, e.target === t)); t.addEventListener('x', { handleEvent() { seen.push('object') } }, { once: true }); t.dispatchEvent(new Event('x')); t.dispatchEvent(new CustomEvent('x', { detail: 1 })); seen",
    ["x", true, "object", "x", true],
  ),
  is(
    "preventDefault is told to the sender.",
    "const t = new EventTarget(); t.addEventListener('x', (e) => e.preventDefault()); [t.dispatchEvent(new Event('x', { cancelable: true })), t.dispatchEvent(new Event('x'))]",
    [false, true],
  ),
  is(
    "AbortController aborts its signal.",
    "const c = new AbortController(); const seen = []; c.signal.onabort = () => seen.push('on'); c.signal.addEventListener('abort', () => seen.push('listener')); c.abort('why'); c.abort('again'); [seen, c.signal.aborted, c.signal.reason]",
    [["on", "listener"], true, "why"],
  ),
  is(
    "AbortSignal.any and AbortSignal.abort know their reasons.",
    "const c = new AbortController(); const any = AbortSignal.any([c.signal]); c.abort(); let met; try { any.throwIfAborted() } catch (e) { met = e } [met.name, met.code, met instanceof DOMException, AbortSignal.abort(7).reason]",
    ["AbortError", 20, true, 7],
  ),
  is(
    "AbortSignal.timeout aborts in time, and keeps no job waiting.",
    "const s = AbortSignal.timeout(1); AbortSignal.timeout(1e9); await new Promise((done) => s.addEventListener('abort', done)); s.reason.name",
    "TimeoutError",
  ),
  fails(
    "A listener that throws fails the job.",
    "const t = new EventTarget(); t.addEventListener('x', () => { throw new Error('heard') }); t.dispatchEvent(new Event('x')); 1",
    /^Error: heard/,
  ),
  is(
    "performance.now counts from the task's beginning.",
    "const a = performance.now(); a >= 0 && a < 10000 && performance.now() >= a && Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 1000",
    true,
  ),
  is(
    "Web globals have their names.",
    "[String(new URL('a:b')), Object.prototype.toString.call(crypto), Object.prototype.toString.call(new AbortController().signal), Object.prototype.toString.call(performance)]",
    ["a:b", "[object Crypto]", "[object AbortSignal]", "[object Performance]"],
  ),
];

export const jsWebCases: readonly SourceCase[] = [
  ...consoles,
  ...texts,
  ...urls,
  ...clones,
  ...cryptos,
  ...events,
];
