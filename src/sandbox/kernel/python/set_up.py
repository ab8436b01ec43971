"""Brings the interpreter to the state that every task begins in. Executed in __main__, where SOURCES holds the texts of the
other files; leaves the kernel's ways in there, as RUN, LOAD and CALL, and nothing else."""


def set_up(sources):
    import builtins
    import os
    import sys

    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED", "PYTHONHOME"):
        os.environ.pop(name, None)
    sys.argv = ["job.py"]
    sys.stdout.reconfigure(line_buffering=True, errors="replace")
    sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")

    # What stands ready in every cell: asked for most, and slow to import. The rest of the library is imported on use, and
    # forgotten with the task.
    ready = """
        _strptime abc argparse array ast asyncio base64 binascii bisect calendar cmath collections collections.abc contextlib copy csv
        dataclasses datetime decimal difflib email.utils enum fractions functools glob gzip hashlib heapq hmac html importlib
        inspect io ipaddress itertools json keyword linecache logging math numbers operator os pathlib pickle pprint queue random re
        secrets shlex shutil statistics string struct sys tempfile textwrap threading time traceback types typing unicodedata
        urllib.parse uuid warnings weakref zipfile zlib zoneinfo
    """
    for name in ready.split():
        __import__(name)

    db = type(sys)("db")
    exec(compile(sources["db"], "<db>", "exec", dont_inherit=True), vars(db))
    sys.modules["db"] = db

    space = {"__name__": "_cell_runner", "__builtins__": dict(vars(builtins))}
    for name in ("runner", "functions"):
        exec(compile(sources[name], "<cell>", "exec", dont_inherit=True), space)
    return space["run"], space["load"], space["call"]


RUN, LOAD, CALL = set_up(SOURCES)
del set_up, SOURCES, __doc__
