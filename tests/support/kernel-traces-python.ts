import { nothing, result, type SourceCase } from "./kernel-cases.ts";

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
