import { attempt, type EscapeCase } from "./cases.ts";

/** Runs an expression or statement that should raise, and tells what. */
const refused = (statement: string) => `
try:
    ${statement}
    met = "it worked"
except BaseException as error:
    met = type(error).__name__ + ": " + str(error)
met`;

export const pythonCases: readonly EscapeCase[] = [
  attempt("python", "the machine's files are not there", refused("open('/etc/passwd')"), {
    result: /^FileNotFoundError/,
  }),
  attempt("python", "/proc is not the machine's", refused("open('/proc/self/environ')"), {
    result: /^FileNotFoundError/,
  }),
  attempt(
    "python",
    "the environment is not the machine's",
    "import os; sorted(set(os.environ) - {'HOME', 'PATH', 'PWD', 'USER', 'LOGNAME', 'LANG', '_', 'PYTHONINSPECT', 'PYTHONHASHSEED', 'TZ'})",
    { result: [] },
  ),
  attempt(
    "python",
    "sockets do not connect",
    refused("import socket; socket.create_connection(('127.0.0.1', 8000), 2)"),
    { result: /^gaierror: .*Non-recoverable/ },
  ),
  attempt(
    "python",
    "urllib does not fetch",
    refused("import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"),
    { result: /Error/ },
  ),
  attempt("python", "processes do not start", refused("import subprocess; subprocess.run(['/bin/ls'])"), {
    result: /Error/,
  }),
  attempt("python", "os.system does nothing", refused("import os; assert os.system('ls') == 0"), {
    result: /Error/,
  }),
  attempt("python", "fork does nothing", refused("import os; os.fork()"), { result: /Error/ }),
  attempt(
    "python",
    "threads do not start",
    refused("import threading; threading.Thread(target=print).start()"),
    { result: /^RuntimeError/ },
  ),
  ...[
    "js",
    "pyodide_js",
    "pyodide",
    "pyodide.ffi",
    "pyodide.http",
    "pyodide.code",
    "_pyodide_core",
    "_pyodide",
  ].map((module) =>
    attempt("python", `import ${module}`, refused(`import ${module}`), {
      result: /^(ModuleNotFoundError|ImportError)/,
    }),
  ),
  attempt(
    "python",
    "no object in reach is a JavaScript proxy",
    `
import gc, sys
found = []
for thing in gc.get_objects():
    for value in [thing, *(thing.values() if type(thing) is dict else ()), *(thing if type(thing) in (list, tuple) else ())]:
        if "JsProxy" in type(value).__name__ or (isinstance(value, type) and "JsProxy" in value.__name__):
            found.append(repr(type(value)))
    if len(found) > 5:
        break
found`,
    { result: [] },
  ),
  attempt(
    "python",
    "what the subclasses of object know of JavaScript",
    "[c.__name__ for c in object.__subclasses__() if 'Js' in c.__name__ and c.__name__ != 'JsProxy']",
    { result: [] },
  ),
  attempt(
    "python",
    "blocked modules do not come back from sys.modules",
    refused(
      "import sys; [sys.modules.pop(m) for m in list(sys.modules) if 'pyodide' in m or m == 'js']; import importlib; importlib.import_module('js')",
    ),
    { result: /Error/ },
  ),
  attempt(
    "python",
    "built-in modules do not load by their loader",
    refused("import importlib.machinery as m; print(m.BuiltinImporter.load_module('_pyodide_core'))"),
    { result: /Error/ },
  ),
  attempt("python", "endless loop", "while True: pass", { code: "timeout" }, { timeout_seconds: 1 }),
  attempt(
    "python",
    "endless loop that catches everything",
    "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
    { code: "timeout" },
    { timeout_seconds: 1 },
  ),
  attempt(
    "python",
    "a regular expression that never ends",
    "import re; re.match(r'(a+)+$', 'a' * 60 + 'b')",
    { code: "timeout" },
    { timeout_seconds: 1 },
  ),
  attempt(
    "python",
    "a number too large to finish",
    "len(str(7 ** (7 ** 9)))",
    { code: "timeout" },
    { timeout_seconds: 1, memory_mb: 1024 },
  ),
  attempt(
    "python",
    "sleeping too long",
    "import time; time.sleep(100)",
    { code: "timeout" },
    { timeout_seconds: 1 },
  ),
  attempt("python", "endless recursion", "def f(): return f() + 1\nf()", {
    code: "guest_error",
    error: /RecursionError/,
  }),
  attempt(
    "python",
    "list bomb",
    "hold = []\nwhile True: hold.append([len(hold)] * 1000)",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "python",
    "bytes bomb",
    "hold = bytearray(1 << 30)",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt(
    "python",
    "memory bomb that catches everything",
    "hold = []\nwhile True:\n    try: hold.append(bytearray(b'x') * 1000000)\n    except MemoryError: pass",
    { code: "memory_exceeded" },
    { memory_mb: 64 },
  ),
  attempt("python", "a flood of output", "while True: print('x' * 1000)", { code: "output_exceeded" }),
  attempt(
    "python",
    "a flood of output that catches everything",
    "while True:\n    try: print('x' * 1000)\n    except BaseException: pass",
    { code: "output_exceeded" },
  ),
  attempt(
    "python",
    "a patched json forges nothing",
    "import json; json.dumps = lambda *a, **k: '\"forged\"'; json.JSONEncoder.encode = json.dumps; 7",
    { result: 7 },
  ),
  attempt("python", "a result that is not JSON", "object()", { code: "result_not_json" }),
  attempt("python", "a result with a cycle", "ring = []; ring.append(ring); ring", {
    code: "result_not_json",
  }),
  attempt("python", "leaving the interpreter", "import os; os._exit(0)", { result: /./ }),
];
