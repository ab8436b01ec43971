"""The database of the namespace that this code runs in. Every call waits for the orchestrator's answer.

    import db
    db.set("visits", 1)                  # any JSON value; answers the value's new version
    db.get("visits")                     # 1; None, or the default, when there is no such key
    value, version = db.entry("visits")  # version 0 means that there is none
    db.set("visits", value + 1, if_version=version)
    db.increment("visits")               # 3
    keys, cursor = db.list("vis")        # cursor is None on the last page
    db.delete("visits")                  # True if it was there
"""

# This module has functions called `set` and `list`, and so must not use the builtins of these names.
from json import JSONDecodeError as _JSONDecodeError
from json import JSONEncoder as _JSONEncoder
from json import loads as _loads
from posix import O_RDWR as _O_RDWR
from posix import close as _close
from posix import open as _open
from posix import read as _read
from posix import write as _write

__all__ = ["Error", "delete", "entry", "get", "increment", "list", "set"]

_READ_BYTES = 1 << 16
_encode = _JSONEncoder(allow_nan=False, ensure_ascii=False).encode
_encode_ascii = _JSONEncoder(allow_nan=False).encode


class Error(Exception):
    """What was asked could not be done. `code` says why to programs, such as "version_mismatch"."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def _json(value):
    text = _encode(value)
    # A lone surrogate has no UTF-8, but JSON has an escape for it.
    return text if text.isascii() or _is_utf8(text) else _encode_ascii(value)


def _is_utf8(text):
    try:
        text.encode()
        return True
    except UnicodeEncodeError:
        return False


def _ask(op, **arguments):
    given = {name: value for name, value in arguments.items() if value is not None}
    question = f"{op}\n{_json(given)}".encode()
    host = _open("/dev/host", _O_RDWR)
    try:
        _write(host, question)
        parts = []
        while part := _read(host, _READ_BYTES):
            parts.append(part)
    finally:
        _close(host)
    try:
        answer = _loads(b"".join(parts))
    except _JSONDecodeError:
        raise Error("internal", "The answer could not be read.") from None
    if not answer["ok"]:
        raise Error(answer["code"], answer["error"])
    return answer["value"]


def get(key, default=None):
    """The value of a key, or the default when there is none."""
    text = _ask("db.get", key=key)["value_json"]
    return default if text is None else _loads(text)


def entry(key):
    """The value of a key and its version; None and 0 when there is none."""
    found = _ask("db.get", key=key)
    text = found["value_json"]
    return (None, 0) if text is None else (_loads(text), found["version"])


def set(key, value, ttl=None, if_version=None):
    """Stores a JSON value, for ttl seconds if given, and answers its version. With if_version, only if that is the
    version now (0: only if there is no value); else Error with the code "version_mismatch"."""
    return _ask("db.set", key=key, value_json=_json(value), ttl=ttl, if_version=if_version)["version"]


def delete(key, if_version=None):
    """Removes a key. False if it was not there."""
    return _ask("db.delete", key=key, if_version=if_version)["deleted"]


def list(prefix="", limit=None, cursor=None):
    """Keys that begin with the prefix, in order, and the cursor of the next page or None."""
    page = _ask("db.list", prefix=prefix, limit=limit, cursor=cursor)
    return page["keys"], page["cursor"]


def increment(key, by=1, ttl=None):
    """Adds to a whole number in one step and answers the sum. A missing key counts as 0; then ttl can be given too."""
    return _ask("db.increment", key=key, by=by, ttl=ttl)["value"]
