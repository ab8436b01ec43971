import { failure, nothing, result, type SourceCase } from "./kernel-cases.ts";
import { pythonWorldCases } from "./kernel-cases-python-world.ts";
import { fails, is, raises } from "./python-cases.ts";

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

export const pythonCases: readonly SourceCase[] = [
  ...results,
  ...asynchronous,
  ...failures,
  ...printing,
  ...pythonWorldCases,
];
