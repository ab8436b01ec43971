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
/** The code raises, and the sentence says what and where. */
const raises = (name: string, code: string, message: RegExp): SourceCase =>
  fails(name, code, "guest_error", message);

const results: SourceCase[] = [
  {
    name: "The job of the mission prints.",
    code: 'print("Hello from Python!")\nprint(2 + 2)',
    expected: nothing,
    stdout: "Hello from Python!\n4\n",
    stderr: "",
  },
  {
    name: "The function of the mission answers by its global result.",
    code: 'import json\ndef handle(req):\n    return {"body": f"Hello, {req[\'name\']}!"}\nresult = handle(INPUT)\nprint(json.dumps(result))',
    input: { name: "Python" },
    expected: result({ body: "Hello, Python!" }),
    stdout: '{"body": "Hello, Python!"}\n',
  },
  { name: "No code at all returns nothing.", code: "", expected: nothing, stdout: "" },
  { name: "A comment returns nothing.", code: "# nothing", expected: nothing },
  { name: "An assignment returns nothing.", code: "x = 1", expected: nothing },
  { name: "None is nothing.", code: "None", expected: nothing },
  is("The trailing expression is the result.", "x = 20\nx + 1\nx * 2 + 2", 42),
  is("A trailing expression goes before the global result.", "result = 1\n2", 2),
  is("A trailing None leaves the global result.", "result = 1\nprint()", 1),
  is("Of several expressions on a line the last is the result.", "1; 2; 3", 3),
  is("A lone string is a result, not a docstring.", "'text'", "text"),
  is("Falsy values are results.", "[0, False, '', 0.0, [], {}, ()]", [0, false, "", 0, [], {}, []]),
  is("0 is a result.", "0", 0),
  is("Strings keep every character.", "'a\"\\\\\\n\\t\\0\\x7fé€😀'", 'a"\\\n\t\0\x7fé€😀'),
  is("A lone surrogate is kept by an escape.", "'\\ud800'", "\ud800"),
  is(
    "Tuples are arrays, keys become text as json has them.",
    "{'a': (1, (2,)), 3: None, None: 1.5, True: 2}",
    {
      a: [1, [2]],
      3: null,
      null: 1.5,
      true: 2,
    },
  ),
  is("Floats come back as they were.", "[0.1, 1/3, 1e100, 5e-324, -2.5, 5.0]", [
    0.1,
    1 / 3,
    1e100,
    5e-324,
    -2.5,
    5,
  ]),
  {
    name: "Input comes back unchanged.",
    code: "INPUT",
    input: { a: [1, null, [], {}, "é\u2028😀"], b: { c: null }, d: 1.5, e: true, "": 0 },
    expected: result({ a: [1, null, [], {}, "é\u2028😀"], b: { c: null }, d: 1.5, e: true, "": 0 }),
  },
  { name: "Input null is None.", code: "INPUT is None", input: null, expected: result(true) },
  is(
    "The code is the main module.",
    "import sys\n[__name__, sys.modules['__main__'].__dict__ is globals(), sys.argv]",
    ["__main__", true, ["job.py"]],
  ),
  is(
    "Classes of the job can be pickled.",
    "import pickle\nclass A: x = 1\npickle.loads(pickle.dumps(A())).x",
    1,
  ),
  is(
    "Data classes and annotations work.",
    "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nrepr(P(2))",
    "P(x=2)",
  ),
  is(
    "The source of a function can be had.",
    "import inspect\ndef f():\n    return 1\ninspect.getsource(f)",
    "def f():\n    return 1\n",
  ),
  is("eval, exec and compile work.", "exec('y = 6')\neval(compile('y * 7', 'x', 'eval'))", 42),
  is(
    "Exceptions can be caught.",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    r = str(error)\nr",
    "division by zero",
  ),
];

const asynchronous: SourceCase[] = [
  is(
    "await works at top level.",
    "import asyncio\nawait asyncio.sleep(0.01)\nawait asyncio.sleep(0, 42)",
    42,
  ),
  is(
    "asyncio.run works.",
    "import asyncio\nasync def main():\n    return await asyncio.gather(*(asyncio.sleep(0.01, i) for i in range(3)))\nasyncio.run(main())",
    [0, 1, 2],
  ),
  is(
    "async for and async with work at top level.",
    "async def count():\n    yield 1\n    yield 2\n[n async for n in count()]",
    [1, 2],
  ),
  is(
    "A loop of the job's own works.",
    "import asyncio\nloop = asyncio.new_event_loop()\nloop.run_until_complete(asyncio.sleep(0.01, 5))",
    5,
  ),
  is(
    "Tasks sleep side by side.",
    "import asyncio, time\nbegan = time.monotonic()\nawait asyncio.gather(*(asyncio.sleep(0.05) for _ in range(100)))\ntime.monotonic() - began < 1",
    true,
  ),
  is(
    "What asyncio would hand to a thread is done at once.",
    "import asyncio\nawait asyncio.to_thread(lambda: 5)",
    5,
  ),
  raises(
    "A timeout of asyncio strikes.",
    "import asyncio\nawait asyncio.wait_for(asyncio.sleep(5), 0.02)",
    /^TimeoutError \(line 2\)$/,
  ),
  raises(
    "Waiting for what never comes is an error.",
    "import asyncio\nawait asyncio.Future()",
    /^RuntimeError: The event loop waits for something that nothing can bring about/,
  ),
  raises(
    "An exception behind an await names its line.",
    "async def f():\n    raise KeyError('k')\nawait f()",
    /^KeyError: 'k' \(line 2\)$/,
  ),
];

const failures: SourceCase[] = [
  {
    name: "A syntax error names its line, and stderr shows it.",
    code: "x = 1\ndef f(:\n    pass",
    expected: failure("syntax_error", /^SyntaxError: invalid syntax \(line 2\)$/),
    stderr: /job\.py", line 2\n {4}def f\(:\n/,
  },
  fails(
    "Wrong indentation is a syntax error.",
    "if True:\nx = 1",
    "syntax_error",
    /^IndentationError: .+ \(line 2\)$/,
  ),
  fails("A zero byte is a syntax error.", "x = 1\0", "syntax_error", /null bytes/),
  fails(
    "return outside a function is a syntax error.",
    "return 1",
    "syntax_error",
    /'return' outside function \(line 1\)/,
  ),
  fails(
    "Code nested beyond the parser is a syntax error.",
    `${"-".repeat(50_000)}1`,
    "syntax_error",
    /too complex|overflow/,
  ),
  {
    name: "An exception says what and where, and stderr has the traceback of the guest's own lines.",
    code: "def f(x):\n    return 1 / x\nf(0)",
    expected: failure("guest_error", /^ZeroDivisionError: division by zero \(line 2\)$/),
    stderr:
      'Traceback (most recent call last):\n  File "job.py", line 3, in <module>\n    f(0)\n    ~^^^\n' +
      '  File "job.py", line 2, in f\n    return 1 / x\n           ~~^~~\nZeroDivisionError: division by zero\n',
  },
  {
    name: "A cause is shown.",
    code: "try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('v') from error",
    expected: failure("guest_error", /^ValueError: v \(line 4\)$/),
    stderr: /ZeroDivisionError[\s\S]+direct cause[\s\S]+ValueError: v\n$/,
  },
  raises(
    "An exception of the guest's own class is told by its name.",
    "class Mine(Exception): pass\nraise Mine('x')",
    /^Mine: x \(line 2\)$/,
  ),
  raises(
    "An exception that cannot be shown is told all the same.",
    "class Bad(BaseException):\n    def __str__(self): raise ValueError\nraise Bad",
    /^Bad: <its message cannot be shown> \(line 3\)$/,
  ),
  raises(
    "A long message is cut.",
    "raise ValueError('x' * 10**6)",
    /^ValueError: x{1000} \.\.\. \(line 1\)$/,
  ),
  raises(
    "Groups of exceptions are told.",
    "raise ExceptionGroup('g', [ValueError(1)])",
    /^ExceptionGroup: g \(1 sub-exception\) \(line 1\)$/,
  ),
  raises(
    "KeyboardInterrupt is an exception like others.",
    "raise KeyboardInterrupt",
    /^KeyboardInterrupt \(line 1\)$/,
  ),
  raises(
    "A missing module is told.",
    "import nonexistent",
    /^ModuleNotFoundError: No module named 'nonexistent' \(line 1\)$/,
  ),
  raises("input() finds nothing to read.", "input()", /^EOFError/),
  {
    name: "SystemExit without a code is an orderly end.",
    code: "import sys\nresult = 5\nsys.exit()",
    expected: result(5),
  },
  { name: "SystemExit with 0 is an orderly end.", code: "import sys\nsys.exit(0)", expected: nothing },
  raises("SystemExit with another code fails.", "import sys\nsys.exit(3)", /exited with code 3/),
  {
    name: "SystemExit with a text fails and prints it.",
    code: "import sys\nsys.exit('no more')",
    expected: failure("guest_error", /exited with code 1/),
    stderr: "no more\n",
  },
  {
    name: "os._exit with 0 is an orderly end.",
    code: "import os\nprint(1, flush=True)\nos._exit(0)",
    expected: nothing,
    stdout: "1\n",
  },
  raises("os._exit with another code fails.", "import os\nos._exit(4)", /exited with code 4/),
  raises(
    "A deadly signal fails.",
    "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    /exited with code 143/,
  ),
  fails("A set is not JSON.", "{1, 2}", "result_not_json", /type set is not JSON serializable/),
  fails("NaN is not JSON.", "float('nan')", "result_not_json", /nan/),
  fails("Infinity is not JSON.", "[float('inf')]", "result_not_json", /inf/),
  fails("A cycle is not JSON.", "ring = []\nring.append(ring)\nring", "result_not_json", /Circular/),
  fails("A tuple is no key in JSON.", "{(1, 2): 3}", "result_not_json", /keys must be/),
  fails("An object is not JSON.", "object()", "result_not_json", /type object/),
  fails("A number too long to write is not JSON.", "10 ** 5000", "result_not_json", /4300 digits/),
  fails(
    "A result nested too deeply is not JSON.",
    "x = []\nfor _ in range(100000): x = [x]\nx",
    "result_not_json",
    /too deeply/,
  ),
  fails("A result whose text is over the limit is refused.", "'x' * (9 << 20)", "result_too_large", /limit/),
];

const printing: SourceCase[] = [
  {
    name: "stdout and stderr are apart.",
    code: "import sys\nprint('out')\nprint('err', file=sys.stderr)",
    expected: nothing,
    stdout: "out\n",
    stderr: "err\n",
  },
  {
    name: "What has no newline is printed at the end.",
    code: "print('é😀', end='')",
    expected: nothing,
    stdout: "é😀",
  },
  { name: "Lone surrogates are replaced.", code: "print('a\\ud800b')", expected: nothing, stdout: "a?b\n" },
  {
    name: "A character may come in two writes.",
    code: "import os\nfor b in 'é'.encode(): os.write(1, bytes([b]))\nos.write(1, b'\\xff')\nNone",
    expected: nothing,
    stdout: "é\ufffd",
  },
  {
    name: "Exit functions run and may print.",
    code: "import atexit\natexit.register(print, 'bye')\n1",
    expected: result(1),
    stdout: "bye\n",
  },
  {
    name: "Warnings go to stderr.",
    code: "import warnings\nwarnings.warn('careful')",
    expected: nothing,
    stderr: /^job\.py:2: UserWarning: careful\n/,
  },
  {
    name: "Nothing is a terminal.",
    code: "import sys\n[s.isatty() for s in (sys.stdin, sys.stdout, sys.stderr)]",
    expected: result([false, false, false]),
  },
  {
    name: "Closing stdout hurts nobody.",
    code: "import sys\nsys.stdout.close()\n5",
    expected: result(5),
    stdout: "",
  },
  {
    name: "stdout can be exchanged.",
    code: "import io, sys\nsys.stdout = io.StringIO()\nprint('kept')\nsys.stdout.getvalue()",
    expected: result("kept\n"),
    stdout: "",
  },
];

const limitsOfDepthAndMemory: SourceCase[] = [
  {
    ...raises(
      "Endless recursion is an exception, and its traceback is cut.",
      "def f(): return f() + 1\nf()",
      /^RecursionError: .+ \(line 1\)$/,
    ),
    stderr: /^\(The 9\d\d frames in the middle of the following are left out\.\)\nTraceback/,
  },
  raises(
    "Endless recursion through C is an exception.",
    "class A:\n    def __eq__(self, other): return self == other\nA() == A()",
    /^RecursionError/,
  ),
  raises(
    "Text nested too deeply for json is an exception.",
    "import json\njson.loads('[' * 100000)",
    /^RecursionError/,
  ),
  raises(
    "Data nested too deeply to be shown is an exception.",
    "x = []\nfor _ in range(100000): x = [x]\nrepr(x)",
    /^RecursionError/,
  ),
  is(
    "Recursion through a cache may go some hundred deep.",
    "import functools\n@functools.cache\ndef f(n): return n and f(n - 1) + 1\nf(450)",
    450,
  ),
  is(
    "A refused request for memory can be caught.",
    "try:\n    x = bytearray(10**9)\nexcept MemoryError:\n    r = 'caught'\nr",
    "caught",
  ),
  fails(
    "A single request over the limit ends in memory_exceeded.",
    "'x' * 10**9",
    "memory_exceeded",
    /memory/,
  ),
];

const world: SourceCase[] = [
  is(
    "Files can be written and read in the home and temporary directories.",
    "import os, tempfile\nopen('a.txt', 'w').write('hé')\nwith tempfile.TemporaryDirectory() as d:\n    os.makedirs(d + '/x/y')\n    os.rename(d + '/x', d + '/z')\n    os.symlink('z/y', d + '/link')\n    seen = [sorted(os.listdir(d)), os.path.realpath(d + '/link').endswith('z/y')]\n[open('a.txt').read(), os.stat('a.txt').st_size, os.getcwd(), seen, os.path.exists(d)]",
    ["hé", 3, "/home/guest", [["link", "z"], true], false],
  ),
  is(
    "Files can be appended to, sought in, truncated and mapped.",
    "import mmap\nwith open('f', 'wb') as f: f.write(b'a' * 1000)\nwith open('f', 'ab') as f: f.write(b'end')\nwith open('f', 'r+b') as f:\n    f.seek(500); f.write(b'MID'); f.truncate(600)\n    m = mmap.mmap(f.fileno(), 0); m[0:3] = b'xyz'; m.flush(); m.close()\ndata = open('f', 'rb').read()\n[len(data), data[:5].decode(), data[498:505].decode()]",
    [600, "xyzaa", "aaMIDaa"],
  ),
  is(
    "SQLite keeps a database in a file.",
    "import sqlite3\ndb = sqlite3.connect('x.db')\ndb.execute('create table t(a)')\ndb.execute('insert into t values (42)')\ndb.commit()\ndb.close()\nsqlite3.connect('x.db').execute('select a from t').fetchall()",
    [[42]],
  ),
  raises(
    "The installation cannot be written.",
    "open('/lib/python314.zip', 'r+b')",
    /^OSError: .*Read-only file system/,
  ),
  raises(
    "New names outside the writable directories are refused.",
    "open('/x', 'w')",
    /^OSError: .*Read-only file system/,
  ),
  raises(
    "Open files are bounded.",
    "fs = []\nwhile True: fs.append(open('/dev/null', 'rb', 0))",
    /^OSError: .*24|^OSError: .*Too many open files|^OSError: .*No file descriptors/,
  ),
  {
    ...raises(
      "Files are bounded by the job's memory.",
      "with open('f', 'wb') as f:\n    while True: f.write(b'x' * 100000)",
      /^OSError: .*No space left/,
    ),
    memoryMb: 16,
  },
  is(
    "Time is right, and in UTC.",
    "import time, datetime\n[time.tzname, time.localtime().tm_gmtoff, str(datetime.datetime.fromtimestamp(0)), time.time() > 1.7e9, time.mktime((2020, 1, 1, 0, 0, 0, 0, 0, 0))]",
    [["UTC", "UTC"], 0, "1970-01-01 00:00:00", true, 1577836800],
  ),
  is(
    "The clocks run.",
    "import time\na, b = time.monotonic(), time.time()\ntime.sleep(0.05)\n[0.045 < time.monotonic() - a < 1, 0.04 < time.time() - b < 1]",
    [true, true],
  ),
  is(
    "Waiting on locks and queues times out.",
    "import queue, threading\ntry:\n    queue.Queue().get(timeout=0.02)\nexcept queue.Empty:\n    r = threading.Event().wait(0.02)\nr",
    false,
  ),
  raises(
    "Threads do not start.",
    "import threading\nthreading.Thread(target=print).start()",
    /^RuntimeError: can't start new thread/,
  ),
  raises(
    "Processes do not start.",
    "import subprocess\nsubprocess.run(['/bin/ls'])",
    /^OSError: .*does not support processes/,
  ),
  raises("fork does not work.", "import os\nos.fork()", /^OSError/),
  raises("Sockets are forbidden.", "import socket\nsocket.socket()", /^PermissionError/),
  raises(
    "Names are not resolved.",
    "import socket\nsocket.create_connection(('example.org', 80))",
    /^gaierror/,
  ),
  is("The environment is the interpreter's own.", "import os\nsorted(os.environ)", [
    "HOME",
    "LANG",
    "PATH",
    "PWD",
    "USER",
  ]),
  is(
    "Signal handlers of the job's own are called.",
    "import signal\ngot = []\nsignal.signal(signal.SIGUSR1, lambda *a: got.append(1))\nsignal.raise_signal(signal.SIGUSR1)\ngot",
    [1],
  ),
];

/** Code that does nothing but fail to reach JavaScript, and tells why. */
const refused = (statement: string) =>
  `try:\n    ${statement}\n    met = "it worked"\nexcept BaseException as error:\n    met = type(error).__name__ + ": " + str(error)\nmet`;

const outOfReach: SourceCase[] = [
  ...[
    "js",
    "pyodide_js",
    "pyodide",
    "pyodide.ffi",
    "pyodide.http",
    "_pyodide",
    "_pyodide_core",
    "micropip",
    "_ctypes",
    "webbrowser",
  ].map((module) =>
    is(
      `There is no module ${module}.`,
      refused(`import ${module}`),
      `ModuleNotFoundError: No module named '${module.split(".")[0]}'`,
    ),
  ),
  is(
    "ctypes has nothing to stand on.",
    refused("import ctypes"),
    "ModuleNotFoundError: No module named '_ctypes'",
  ),
  is(
    "The bridge to JavaScript is not among the built-in modules.",
    "import sys\n[name for name in sys.builtin_module_names if 'pyodide' in name or 'ctypes' in name or 'js' == name]",
    [],
  ),
  is(
    "The import machinery does not conjure it up either.",
    refused(
      "import _imp; from importlib.machinery import ModuleSpec; assert _imp.create_builtin(ModuleSpec('_pyodide_core', None)) is None",
    ),
    "it worked",
  ),
  raises(
    "Extension modules do not load.",
    "import importlib.machinery as m, importlib.util as u\nopen('x.so', 'wb').write(b'\\0asm\\1\\0\\0\\0')\nspec = u.spec_from_file_location('x', 'x.so', loader=m.ExtensionFileLoader('x', 'x.so'))\nu.module_from_spec(spec)",
    /^ImportError/,
  ),
  is(
    "No type in the interpreter is a proxy.",
    "def below(c):\n    for s in type.__subclasses__(c):\n        yield s\n        yield from below(s)\nsorted({c.__name__ for c in below(object) if 'Js' in c.__name__ or 'Proxy' in c.__name__} - {'ContainerProxy', 'SplitResultProxy', 'mappingproxy'})",
    ["CallableProxyType", "FrameLocalsProxy", "PicklerMemoProxy", "ProxyType", "UnpicklerMemoProxy"],
  ),
  is(
    "No object in reach is a proxy.",
    "import gc\ngc.unfreeze()\n[repr(type(o)) for o in gc.get_objects() if type(o).__module__ in ('pyodide', 'pyodide.ffi', '_pyodide_core') or type(o).__name__.startswith('Js')]",
    [],
  ),
  is(
    "The frames above the job hold only Python.",
    "import sys\nf = sys._getframe()\nseen = []\nwhile f:\n    seen.append(f.f_code.co_filename)\n    f = f.f_back\nseen",
    ["job.py", "<cell>", "<cell>", "<cell>"],
  ),
  is("The interpreter knows no JavaScript host.", "import sys\nsys._emscripten_info.runtime is None", true),
];

export const pythonCases: readonly SourceCase[] = [
  ...results,
  ...asynchronous,
  ...failures,
  ...printing,
  ...limitsOfDepthAndMemory,
  ...world,
  ...outOfReach,
];

/** What one task leaves behind and the next looks for; both in one cell. */
export const pythonTraces: readonly {
  name: string;
  leave: string;
  look: string;
  clean: SourceCase["expected"];
  /** All that looking prints; nothing unless given. */
  prints?: string;
}[] = [
  { name: "globals", leave: "left = 1", look: "'left' in globals()", clean: result(false) },
  { name: "the result", leave: "result = 1", look: "'result' in globals()", clean: result(false) },
  {
    name: "builtins",
    leave: "import builtins\nbuiltins.left = 1\nbuiltins.print = None\ndel builtins.len",
    look: "import builtins\n[hasattr(builtins, 'left'), callable(print), len([1])]",
    clean: result([false, true, 1]),
  },
  {
    name: "modules",
    leave:
      "import sys, types, colorsys\nsys.modules['left'] = types.ModuleType('left')\ndel sys.modules['json']",
    look: "import sys\n['left' in sys.modules, 'colorsys' in sys.modules, 'json' in sys.modules]",
    clean: result([false, false, true]),
  },
  {
    name: "patched classes",
    leave:
      "import json, collections\njson.JSONEncoder.default = lambda self, o: 'left'\ncollections.OrderedDict.left = 1\njson.dumps = None",
    look: "import json, collections\n[json.JSONEncoder().default.__func__.__name__, hasattr(collections.OrderedDict, 'left'), json.dumps(1)]",
    clean: result(["default", false, "1"]),
  },
  {
    name: "patched built-in types",
    leave: "import gc\ngc.get_referents(str.__dict__)[0]['left'] = 1",
    look: "hasattr('', 'left')",
    clean: result(false),
  },
  {
    name: "files",
    leave:
      "import os\nopen('/tmp/left', 'w').write('x')\nopen('left', 'w').write('x')\nos.makedirs('/tmp/a/b')",
    look: "import os\n[os.listdir('/tmp'), os.listdir('.')]",
    clean: result([[], []]),
  },
  {
    name: "inode numbers",
    leave: "for i in range(100): open(str(i), 'w').close()",
    look: "import os\nopen('x', 'w').close()\nos.stat('x').st_ino < 30",
    clean: result(true),
  },
  {
    name: "open files",
    leave: "import os\nfor _ in range(50): os.dup(1)\nos.close(0)",
    look: "import os\n[os.open('/dev/null', 0), os.fstat(0).st_ino > 0]",
    clean: result([3, true]),
  },
  {
    name: "a closed stdout",
    leave: "import os\nos.close(1)\nos.close(2)",
    look: "import os\nos.write(1, b'here')",
    clean: result(4),
    prints: "here",
  },
  {
    name: "the environment",
    leave: "import os\nos.environ['LEFT'] = '1'\nos.putenv('LEFT2', '1')",
    look: "import os\n'LEFT' in os.environ or os.getenv('LEFT2') is not None",
    clean: result(false),
  },
  {
    name: "the working directory",
    leave: "import os\nos.chdir('/tmp')",
    look: "import os\nos.getcwd()",
    clean: result("/home/guest"),
  },
  {
    name: "the state of random",
    leave: "import random\nrandom.seed(7)",
    look: "import random\nmine = random.random()\nrandom.seed(7)\nmine == random.random()",
    clean: result(false),
  },
  {
    name: "warning filters",
    leave: "import warnings\nwarnings.simplefilter('error')\nwarnings.showwarning = None",
    look: "import warnings\n[warnings.filters[0][0] == 'error', callable(warnings.showwarning)]",
    clean: result([false, true]),
  },
  {
    name: "hooks of the collector",
    leave: "import gc\ngc.callbacks.append(print)\ngc.disable()\ngc.set_threshold(7)",
    look: "import gc\n[gc.callbacks, gc.isenabled(), gc.get_threshold()[0] != 7]",
    clean: result([[], true, true]),
  },
  {
    name: "trace and profile functions",
    leave:
      "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nsys.monitoring.use_tool_id(3, 'left')",
    look: "import sys\n[sys.gettrace(), sys.getprofile(), sys.monitoring.get_tool(3)]",
    clean: result([null, null, null]),
  },
  {
    name: "exit functions",
    leave: "import atexit\natexit.register(print, 'left')\natexit._run_exitfuncs = None",
    look: "import atexit\ncallable(atexit._run_exitfuncs)",
    clean: result(true),
  },
  {
    name: "interpreter settings",
    leave:
      "import sys\nsys.setrecursionlimit(200)\nsys.set_int_max_str_digits(0)\nsys.setswitchinterval(1)\nsys.dont_write_bytecode = 'left'",
    look: "import sys\n[sys.getrecursionlimit(), sys.get_int_max_str_digits(), sys.getswitchinterval(), sys.dont_write_bytecode]",
    clean: result([1000, 4300, 0.005, true]),
  },
  {
    name: "import hooks",
    leave:
      "import sys\nsys.path[:] = []\nsys.meta_path[:] = []\nsys.path_hooks[:] = []\nsys.path_importer_cache.clear()",
    look: "import sys, colorsys\n[len(sys.path) > 0, len(sys.meta_path) > 1]",
    clean: result([true, true]),
  },
  {
    name: "streams",
    leave:
      "import sys\nsys.stdout.reconfigure(encoding='utf-16')\nsys.stderr = None\nsys.stdin = None\nsys.excepthook = None\nsys.displayhook = None\nsys.unraisablehook = None",
    look: "import sys\n[sys.stdout.encoding, sys.stderr is sys.__stderr__, sys.stdin is sys.__stdin__, sys.excepthook is sys.__excepthook__, sys.displayhook is sys.__displayhook__, sys.unraisablehook is sys.__unraisablehook__]",
    clean: result(["utf-8", true, true, true, true, true]),
  },
  {
    name: "unwritten output",
    leave:
      "import sys\nsys.stdout.reconfigure(line_buffering=False)\nsys.stdout.write('left')\nimport os\nos._exit(0)",
    look: "print('mine')",
    clean: nothing,
    prints: "mine\n",
  },
  {
    name: "event loops",
    leave:
      "import asyncio\nloop = asyncio.new_event_loop()\nasyncio.set_event_loop(loop)\nloop.call_soon(print, 'left')",
    look: "import asyncio\ntry:\n    asyncio.get_event_loop()\n    r = 'a loop'\nexcept RuntimeError:\n    r = 'none'\nr",
    clean: result("none"),
  },
  {
    name: "a loop that runs",
    leave: "import asyncio, sys\nasync def f(): sys.exit(3)\nasyncio.run(f())",
    look: "import asyncio\nasync def f(): return 1\nasyncio.run(f())",
    clean: result(1),
  },
  {
    name: "signal handlers",
    leave: "import signal\nsignal.signal(signal.SIGUSR1, lambda *a: None)",
    look: "import signal\nsignal.getsignal(signal.SIGUSR1) == signal.SIG_DFL",
    clean: result(true),
  },
  {
    name: "locks and thread locals",
    leave:
      "import threading\nthreading.current_thread().left = 1\nimport logging\nlogging._lock.acquire()\nlogging.getLogger().addHandler(logging.StreamHandler())",
    look: "import threading, logging\n[hasattr(threading.current_thread(), 'left'), logging.getLogger().handlers]",
    clean: result([false, []]),
  },
  {
    name: "contexts",
    leave: "import decimal, contextvars, locale\ndecimal.getcontext().prec = 3",
    look: "import decimal\ndecimal.getcontext().prec",
    clean: result(28),
  },
  {
    name: "caches",
    leave:
      "import re, functools, urllib.parse\nre.compile('left')\nfunctools.reduce.__class__\nurllib.parse.urlsplit('http://left/')",
    look: "import urllib.parse\nurllib.parse.urlsplit.cache_info().currsize",
    clean: result(0),
  },
  {
    name: "objects",
    leave: "class Left: pass\nkept = [Left() for _ in range(10)]\nkept.append(kept)",
    look: "import gc\ngc.unfreeze()\n[c for c in object.__subclasses__() if c.__name__ == 'Left'] + [o for o in gc.get_objects() if type(o).__name__ == 'Left']",
    clean: result([]),
  },
  {
    name: "an exception",
    leave: "1 / 0",
    look: "import sys\n[sys.exception() is None, hasattr(sys, 'last_value')]",
    clean: result([true, false]),
  },
  {
    name: "memory that was taken",
    leave: "x = bytearray(8 << 20)",
    look: "x = bytearray(8 << 20)\nany(x)",
    clean: result(false),
  },
  {
    name: "a flood of recursion",
    leave: "def f(): f()\nf()",
    look: "def f(n): return n and f(n - 1)\nf(500)",
    clean: result(0),
  },
];
