"""The Python half of the runtime.

It is executed once, before the memory image is taken, and leaves run(source, input) -> bytes behind for jobs; functions.py
adds what functions need. An answer is one letter and a text:

    R  the result as JSON
    N  (nothing more) the guest returned nothing
    E  the error's code, a newline, and the sentence that says what happened

It has builtins of its own and holds what it needs by name from the start, so that a guest that patches the standard
library spoils its own run at most, and not the way its run is judged. This is no wall: whatever a guest does here, it can
only forge its own outcome.
"""

import ast, asyncio, atexit, gc, json, linecache, random, sys, time, traceback
from asyncio import base_events, unix_events

FILE = "job.py"
TRAILING = "<trailing expression>"
NOT_JSON = "result_not_json"
COMPILE_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
PARSE_FLAGS = COMPILE_FLAGS | ast.PyCF_ONLY_AST
CO_COROUTINE = 0x80
MESSAGE_LENGTH_MAX = 1000
# At either end of a traceback.
FRAMES_SHOWN = 25

main = sys.modules["__main__"].__dict__
stdout, stderr = sys.stdout, sys.stderr
recursion_limit = sys.getrecursionlimit()
settrace, setprofile, setrecursionlimit = sys.settrace, sys.setprofile, sys.setrecursionlimit
run_exit_functions = atexit._run_exitfuncs
loads = json.loads
encode = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode
encode_ascii = json.JSONEncoder(allow_nan=False).encode
TracebackException = traceback.TracebackException
lines_of = linecache.cache
reseed = random.seed


class Idle:
    """Stands in for a selector: with no sockets, time is all that a loop can wait for."""

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("The event loop waits for something that nothing can bring about.")
        if timeout > 0:
            time.sleep(timeout)
        return []

    def close(self):
        pass


class EventLoop(base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = Idle()

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, function, *args):
        """There are no threads, so what asyncio would hand to one is done at once."""
        if executor is not None:
            return super().run_in_executor(executor, function, *args)
        future = self.create_future()
        try:
            future.set_result(function(*args))
        except Exception as error:
            future.set_exception(error)
        return future


unix_events._DefaultEventLoopPolicy._loop_factory = EventLoop
asyncio.EventLoop = asyncio.SelectorEventLoop = EventLoop


def bounded(text):
    return text if len(text) <= MESSAGE_LENGTH_MAX else text[:MESSAGE_LENGTH_MAX] + " ..."


def failure(code, message):
    return b"E" + code.encode() + b"\n" + message.encode("utf-8", "replace")


def text_of(error):
    try:
        return bounded(str(error))
    except BaseException:
        return "<its message cannot be shown>"


def report(error, trace):
    """Writes the traceback to stderr. It calls methods of the guest's own, so it may fail in any way."""
    try:
        shown = TracebackException(type(error), error, trace, compact=True)
        left_out = len(shown.stack) - 2 * FRAMES_SHOWN
        if left_out > 0:
            # Formatting takes a tenth of a millisecond for each, and endless recursion has a thousand.
            del shown.stack[FRAMES_SHOWN:-FRAMES_SHOWN]
            stderr.write(f"(The {left_out} frames in the middle of the following are left out.)\n")
        stderr.write("".join(shown.format()))
    except BaseException:
        try:
            stderr.write(f"{type(error).__qualname__}: {text_of(error)}\n")
        except BaseException:
            pass


def guest_part(trace):
    """The traceback from the guest's first line on."""
    at = trace
    while at is not None and at.tb_frame.f_code.co_filename != FILE:
        at = at.tb_next
    return at if at is not None else trace


def describe(error, trace):
    text = text_of(error)
    message = f"{type(error).__qualname__}: {text}" if text else type(error).__qualname__
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return message if line is None else f"{message} (line {line})"


def judge_exit(error):
    code = error.code
    if code is None or code is False or (isinstance(code, int) and code == 0):
        return None
    if isinstance(code, int):
        return failure("guest_error", f"The program exited with code {int(code)}.")
    try:
        stderr.write(f"{code}\n")
    except BaseException:
        pass
    return failure("guest_error", "The program exited with code 1.")


def judge(error):
    """The answer for an exception that left the guest; None when it was an orderly exit."""
    if isinstance(error, SystemExit):
        return judge_exit(error)
    # The parser has no better word for code that is nested too deeply.
    if isinstance(error, MemoryError) and not str(error).startswith("Parser stack overflowed"):
        return failure("memory_exceeded", "The program ran out of memory.")
    trace = guest_part(error.__traceback__)
    report(error, trace)
    return failure("guest_error", describe(error, trace))


def compiled(source):
    tree = compile(source, FILE, "exec", PARSE_FLAGS, True)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        target = ast.copy_location(ast.Name(TRAILING, ast.Store()), last.value)
        tree.body[-1] = ast.copy_location(ast.Assign([target], last.value), last)
    return compile(tree, FILE, "exec", COMPILE_FLAGS, True)


def execute(code):
    if code.co_flags & CO_COROUTINE:
        with asyncio.Runner(loop_factory=EventLoop) as runner:
            runner.run(eval(code, main))
    else:
        exec(code, main)


def result():
    value = main.pop(TRAILING, None)
    return written(main.get("result") if value is None else value)


def written(value):
    """The answer for a value that the guest returned."""
    if value is None:
        return b"N"
    try:
        text = encode(value)
        try:
            return b"R" + text.encode()
        except UnicodeEncodeError:
            # A lone surrogate has no UTF-8, but JSON has an escape for it.
            return b"R" + encode_ascii(value).encode()
    except MemoryError:
        raise
    except RecursionError:
        return failure(NOT_JSON, "The result cannot be written as JSON: it is nested too deeply.")
    except BaseException as error:
        return failure(NOT_JSON, f"The result cannot be written as JSON: {text_of(error)}.")


def calm():
    """Takes back what the guest set that would also work on the runner's own code."""
    settrace(None)
    setprofile(None)
    try:
        setrecursionlimit(recursion_limit)
    except RecursionError:
        pass


def finish():
    """What an interpreter does at its end: exit functions run, and everything printed is written."""
    calm()
    try:
        run_exit_functions()
    except BaseException as error:
        report(error, error.__traceback__)
    flush()


def flush():
    for stream in (sys.stdout, sys.stderr, stdout, stderr):
        try:
            stream.flush()
        except BaseException:
            pass


def prepared(source):
    """The compiled code; or the answer for code that does not compile, as bytes."""
    lines_of[FILE] = (lambda: source,)
    try:
        return compiled(source)
    except SyntaxError as error:
        report(error, None)
        place = "" if error.lineno is None else f" (line {error.lineno})"
        return failure("syntax_error", f"{type(error).__name__}: {error.msg}{place}")
    except (MemoryError, RecursionError, ValueError) as error:
        if type(error) is MemoryError and not error.args:
            raise
        return failure("syntax_error", f"The code cannot be compiled: {text_of(error)}.")


def attempt(source, input_json):
    reseed()
    main["INPUT"] = loads(input_json)
    code = prepared(source)
    if type(code) is bytes:
        return code
    try:
        execute(code)
    except BaseException as error:
        calm()
        answer = judge(error)
        if answer is not None:
            return answer
    calm()
    return result()


def concluded(end, work, *args):
    """The answer of some work, after which there is an end to be made, whatever happens."""
    try:
        try:
            return work(*args)
        finally:
            end()
    except MemoryError:
        return b"Ememory_exceeded\nThe program ran out of memory."
    except BaseException as error:
        return failure("guest_error", describe(error, None))


def run(source, input_json):
    return concluded(finish, attempt, source.decode(), input_json)
