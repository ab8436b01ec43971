import type { SourceCase } from "./kernel-cases.ts";
import { fails, is, raises } from "./python-cases.ts";

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
  {
    ...is(
      "Recursion through a cache may go some hundred deep.",
      "import functools\n@functools.cache\ndef f(n): return n and f(n - 1) + 1\nf(450)",
      450,
    ),
    nativeOnly: "browsers give a worker an eighth of a native cell's stack",
  },
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
    ["job.py", "<cell>", "<cell>", "<cell>", "<cell>"],
  ),
  is("The interpreter knows no JavaScript host.", "import sys\nsys._emscripten_info.runtime is None", true),
];

/** What is around a program: depth and memory, files, clocks, and all that is out of its reach. */
export const pythonWorldCases: readonly SourceCase[] = [...limitsOfDepthAndMemory, ...world, ...outOfReach];
