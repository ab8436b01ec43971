"""Functions: code that is loaded once and answers many requests. Executed in the runner's namespace, whose helpers it
uses; leaves load(source, env) and call(request) behind. Their answers are the runner's, and load has one more:

    P  (nothing more) the code is a program, to be run once for each request

A function has one of two forms. One defines handle(req), and its top level runs once, when it is loaded. The other, which
the code shows by reading the global INPUT anywhere, is a program that is compiled once and run for each request with INPUT
set to it. Both keep their globals from one request to the next.
"""

import dis, os, types

FUNCTION_FILE = "function.py"
environ = os.environ
instructions_of = dis.get_instructions
CodeType = types.CodeType
loop_runner = None
handler = None
program = None


def reads_input(code):
    """Whether the code, or a function in it, reads a global of the name INPUT."""
    if "INPUT" in code.co_names:
        for instruction in instructions_of(code):
            if instruction.argval == "INPUT" and instruction.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
                return True
    return any(reads_input(inner) for inner in code.co_consts if isinstance(inner, CodeType))


def load_attempt(source, env_json):
    global FILE, handler, program
    FILE = FUNCTION_FILE
    sys.argv = [FUNCTION_FILE]
    reseed()
    environ.update(loads(env_json))
    code = prepared(source)
    if type(code) is bytes:
        return code
    if reads_input(code):
        program = code
        return b"P"
    try:
        execute(code)
    except BaseException as error:
        calm()
        answer = judge(error)
        if answer is not None:
            return answer
    calm()
    main.pop(TRAILING, None)
    handler = main.get("handle")
    if not callable(handler):
        return failure("guest_error", "The code defines no function handle(req), and does not read INPUT either.")
    return b"N"


def handled(request):
    value = handler(request)
    if type(value) is not dict and hasattr(type(value), "__await__"):
        value = waited_for(value)
    return value


def waited_for(awaitable):
    """One event loop serves all requests, so that what hangs on it outlives one."""
    global loop_runner
    if loop_runner is None:
        loop_runner = asyncio.Runner(loop_factory=EventLoop)
    return loop_runner.run(awaitable)


def run_program(request):
    main.pop("result", None)
    main["INPUT"] = request
    if program.co_flags & CO_COROUTINE:
        waited_for(eval(program, main))
    else:
        exec(program, main)


def call_attempt(request):
    try:
        if program is None:
            value = handled(request)
        else:
            run_program(request)
    except BaseException as error:
        calm()
        answer = judge(error)
        main.pop(TRAILING, None)
        return b"N" if answer is None else answer
    calm()
    return written(value) if program is None else result()


def load(source, env_json):
    return concluded(flush, load_attempt, source.decode(), env_json)


def call(request_json):
    return concluded(flush, call_attempt, loads(request_json))
