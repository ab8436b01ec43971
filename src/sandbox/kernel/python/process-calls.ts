import { errno } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** Unwinds the interpreter when the guest ends its own process (`os._exit`). */
export class GuestExit {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

/** Unwinds the interpreter when its C code gives up (`abort`, a failed assertion). */
export class GuestAbort {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Unwinds the interpreter when the guest goes on asking for memory that it was often refused. */
export class GuestOutOfMemory {}

export interface ProcessCallTarget {
  readonly memory: GuestMemory;
  readonly table: WebAssembly.Table;
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes that the linear memory may grow to. */
  readonly memoryBytesMax: number;
  /** Requests for more memory that were refused in this task. */
  memoryRefusals: number;
}

const pageBytes = 65536;
const growthBytes = 1024 * 1024;
/** Python turns a refusal into MemoryError, which a program may catch; one that does so for ever is stopped. */
const memoryRefusalsMax = 1000;
/** `crypto.getRandomValues` takes no more at once. */
const randomBytesMax = 65536;
const nameResolutionFailed = -4;

export function processCalls(target: ProcessCallTarget): Record<string, WebAssembly.HostFunction> {
  return { ...lifeCalls(target), ...environmentCalls(target), ...refusedCalls() };
}

function lifeCalls(target: ProcessCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const exit = (status: number) => {
    throw new GuestExit(status);
  };
  return {
    exit,
    proc_exit: exit,
    _abort_js: () => {
      throw new GuestAbort("The interpreter aborted.");
    },
    __assert_fail: (condition: number) => {
      throw new GuestAbort(`An assertion of the interpreter failed: ${memory.readString(condition)}`);
    },
    emscripten_resize_heap: (wanted: number) => {
      const bytes = wanted >>> 0;
      if (bytes > target.memoryBytesMax) {
        if (++target.memoryRefusals > memoryRefusalsMax) throw new GuestOutOfMemory();
        return 0;
      }
      const size = Math.min(target.memoryBytesMax, Math.ceil(bytes / growthBytes) * growthBytes);
      return memory.grow(Math.ceil((size - memory.length) / pageBytes)) ? 1 : 0;
    },
    emscripten_get_heap_max: () => target.memoryBytesMax,
    __call_sighandler: (handler: number, signal: number) => {
      const handle = target.table.get(handler);
      if (typeof handle === "function") handle(signal);
    },
    random_get: (into: number, size: number) => {
      const bytes = memory.slice(into, size >>> 0);
      for (let at = 0; at < bytes.length; at += randomBytesMax) {
        crypto.getRandomValues(bytes.subarray(at, at + randomBytesMax));
      }
      return 0;
    },
    emscripten_runtime_keepalive_push: () => {},
    emscripten_runtime_keepalive_pop: () => {},
    _emscripten_runtime_keepalive_clear: () => {},
    // Called while the module's constructors run, for a table that only the bridge to JavaScript would use.
    __hiwire_deduplicate_new: () => null,
  };
}

function environmentCalls(target: ProcessCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const entries = Object.entries(target.environment).map(([name, value]) => `${name}=${value}`);
  return {
    environ_sizes_get: (count: number, size: number) => {
      memory.writeWord(count, entries.length);
      memory.writeWord(
        size,
        entries.reduce((sum, entry) => sum + entry.length + 1, 0),
      );
      return 0;
    },
    environ_get: (list: number, text: number) => {
      let at = text;
      entries.forEach((entry, i) => {
        memory.writeWord(list + i * 4, at);
        at += memory.writeString(at, entry, entry.length + 1);
      });
      return 0;
    },
    _emscripten_get_progname: (into: number, size: number) => {
      memory.writeString(into, "python", size);
    },
    _Py_emscripten_runtime: () => 0,
    _Py_CheckEmscriptenSignals_Helper: () => 0,
    __syscall_getuid32_js: () => 0,
    __syscall_umask_js: () => 0o022,
    _try_fcntl64: () => 0,
    _try_shutdown: () => 0,
    _maybe_poll_async: () => null,
    _maybe_connect_async: () => null,
    _maybe_recvfrom_async: () => null,
    _maybe_sendto_async: () => null,
  };
}

/** What a program may ask for and is refused in the ordinary way, so that it sees a Python exception. */
function refusedCalls(): Record<string, WebAssembly.HostFunction> {
  const sockets = [
    "socket",
    "accept4",
    "bind",
    "connect",
    "getpeername",
    "getsockname",
    "getsockopt",
    "listen",
  ];
  const transfers = ["recvfrom", "recvmsg", "sendmsg", "sendto"];
  const refuse = () => -errno.EPERM;
  return {
    ...Object.fromEntries([...sockets, ...transfers].map((name) => [`__syscall_${name}`, refuse])),
    __syscall_pipe: () => -errno.ENOSYS,
    _setitimer_js: () => -errno.ENOSYS,
    _emscripten_system: () => -errno.ENOSYS,
    getaddrinfo: () => nameResolutionFailed,
    getnameinfo: () => nameResolutionFailed,
    getprotobyname: () => 0,
    _emscripten_lookup_name: () => 0,
    _dlopen_js: () => 0,
    _dlsym_js: () => 0,
  };
}
