import type { Json } from "../../src/protocol/json.ts";

/** One job leaves a trace wherever it can; the next one in the same cell looks for it. */
export interface TraceCase {
  readonly language: "js" | "lua" | "python";
  readonly name: string;
  readonly leave: string;
  readonly look: string;
  /** What an untouched cell answers to `look`. */
  readonly clean: Json;
}

const js = (name: string, leave: string, look: string, clean: Json): TraceCase => ({
  language: "js",
  name,
  leave,
  look,
  clean,
});
const lua = (name: string, leave: string, look: string, clean: Json): TraceCase => ({
  language: "lua",
  name,
  leave,
  look,
  clean,
});
const python = (name: string, leave: string, look: string, clean: Json): TraceCase => ({
  language: "python",
  name,
  leave,
  look,
  clean,
});

export const traceCases: readonly TraceCase[] = [
  js(
    "global variable",
    "globalThis.left = 1; var alsoLeft = 2; function leftToo() {} 1",
    "[typeof left, typeof alsoLeft, typeof leftToo]",
    ["undefined", "undefined", "undefined"],
  ),
  js(
    "lasting global",
    "Object.defineProperty(globalThis, 'left', { value: 1, configurable: false }); 1",
    "typeof left",
    "undefined",
  ),
  js(
    "changed prototype",
    "Array.prototype.left = 1; Object.prototype.alsoLeft = 1; 1",
    "[[].left ?? null, ({}).alsoLeft ?? null]",
    [null, null],
  ),
  js("replaced method", "Array.prototype.map = () => 'left'; 1", "[1].map((x) => x)", [1]),
  js(
    "replaced getter",
    "Object.defineProperty(RegExp.prototype, 'flags', { get: () => 'left' }); 1",
    "/x/g.flags",
    "g",
  ),
  js(
    "changed attribute",
    "Object.defineProperty(Math, 'PI2', { value: 1 }); Object.freeze(Array.prototype); 1",
    "[typeof Math.PI2, Object.isFrozen(Array.prototype)]",
    ["undefined", false],
  ),
  js("changed prototype chain", "Object.setPrototypeOf(Math, { left: 1 }); 1", "Math.left ?? null", null),
  js(
    "deleted intrinsic",
    "delete Array.prototype.flat; delete globalThis.Map; 1",
    "[typeof [].flat, typeof Map]",
    ["function", "function"],
  ),
  js(
    "property on a function",
    "try { Array.from.left = 1; JSON.stringify.left = 1 } catch {} 1",
    "[Array.from.left ?? null, JSON.stringify.left ?? null]",
    [null, null],
  ),
  js(
    "property on a web object",
    "console.left = 1; crypto.left = 1; URL.left = 1; TextEncoder.prototype.left = 1; 1",
    "[console.left ?? null, crypto.left ?? null, URL.left ?? null, new TextEncoder().left ?? null]",
    [null, null, null, null],
  ),
  js(
    "replaced web object",
    "globalThis.console = { log() {} }; globalThis.setTimeout = () => 1; 1",
    "typeof console.error + typeof clearTimeout",
    "functionfunction",
  ),
  js(
    "symbol-keyed global",
    "globalThis[Symbol.for('left')] = 1; 1",
    "globalThis[Symbol.for('left')] ?? null",
    null,
  ),
  js("last match", "/(secret)/.exec('a secret'); 1", "[RegExp.$1, RegExp.lastMatch, RegExp.input]", [
    "",
    "",
    "",
  ]),
  js(
    "timer that outlives its job",
    "setTimeout(() => { globalThis.left = 1 }, 0); 1",
    "await new Promise((done) => setTimeout(done, 20)); return typeof left",
    "undefined",
  ),
  js(
    "promise that outlives its job",
    "WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => { globalThis.left = 1; Array.prototype.left = 1 }); 1",
    "await new Promise((done) => setTimeout(done, 20)); return [typeof left, [].left ?? null]",
    ["undefined", null],
  ),
  js(
    "finalizer",
    "globalThis.registry = new FinalizationRegistry(() => { Array.prototype.left = 1 }); registry.register({}, 1); delete globalThis.registry; 1",
    "const waste = []; for (let i = 0; i < 200; i++) waste.push(new Array(10000).fill(i)); await new Promise((done) => setTimeout(done, 20)); return [].left ?? null",
    null,
  ),
  js(
    "stack formatting",
    "Error.prepareStackTrace = () => 'left'; Error.stackTraceLimit = 0; 1",
    "[typeof Error.prepareStackTrace, Error.stackTraceLimit > 0, new Error('x').stack === 'left']",
    ["undefined", true, false],
  ),
  js(
    "console counter",
    "console.count('left'); console.time('left'); console.group(); 1",
    "console.count('left'); return undefined",
    "left: 1\n",
  ),
  js("input", "INPUT = { secret: 1 }; globalThis.INPUT = { secret: 1 }; 1", "INPUT", null),

  lua("global variable", "left = 1; _G.alsoLeft = 2 return 1", "return {type(left), type(alsoLeft)}", [
    "nil",
    "nil",
  ]),
  lua(
    "changed library",
    "string.left = 1; math.floor = function() return 'left' end return 1",
    "return {type(string.left), math.floor(1.5)}",
    ["nil", 1],
  ),
  lua(
    "string metatable",
    "getmetatable('').__add = function() return 'left' end return 1",
    "return (pcall(function() return 'a' + {} end))",
    false,
  ),
  lua(
    "loaded module",
    "require('json').left = 1; package.loaded.left = 1 return 1",
    "return {type(require('json').left), type(package.loaded.left)}",
    ["nil", "nil"],
  ),
  lua(
    "environment metatable",
    "setmetatable(_G, {__index = function() return 'left' end}) return 1",
    "return type(nothingHere)",
    "nil",
  ),

  python("global variable", "left = 1\n1", "'left' in globals()", false),
  python(
    "builtin",
    "import builtins\nbuiltins.left = 1\nbuiltins.len = lambda x: -1\n1",
    "import builtins\n[hasattr(builtins, 'left'), len([1])]",
    [false, 1],
  ),
  python(
    "patched module",
    "import json, collections\njson.left = 1\ncollections.OrderedDict.left = 1\njson.dumps = None\n1",
    "import json, collections\n[hasattr(json, 'left'), hasattr(collections.OrderedDict, 'left'), callable(json.dumps)]",
    [false, false, true],
  ),
  python(
    "loaded module",
    "import sys, types\nsys.modules['left'] = types.ModuleType('left')\n1",
    "import sys\n'left' in sys.modules",
    false,
  ),
  python(
    "file",
    "open('/tmp/left', 'w').write('x')\nopen('/home/pyodide/left', 'w').write('x')\n1",
    "import os\n[os.path.exists('/tmp/left'), os.path.exists('/home/pyodide/left')]",
    [false, false],
  ),
  python(
    "environment and folder",
    "import os\nos.environ['LEFT'] = '1'\nos.chdir('/tmp')\n1",
    "import os\n['LEFT' in os.environ, os.getcwd() == '/tmp']",
    [false, false],
  ),
  python(
    "trace function",
    "import sys\nsys.settrace(lambda *a: None)\nsys.setrecursionlimit(300)\n1",
    "import sys\n[sys.gettrace() is None, sys.getrecursionlimit() > 300]",
    [true, true],
  ),
  python("exit handler", "import atexit\natexit.register(print, 'left')\n1", "None", null),
  python("standard output", "import sys\nsys.stdout = None\nsys.stderr = None\n1", "print('here')", "here\n"),
  python(
    "warning filter",
    "import warnings\nwarnings.simplefilter('error')\n1",
    "import warnings\nwarnings.warn('fine')\n'went on'",
    "went on",
  ),
];
