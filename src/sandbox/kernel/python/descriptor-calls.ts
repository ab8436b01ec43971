import { Errno, errno } from "./errno.ts";
import { type FileCallTarget, negateErrors } from "./system-call.ts";

const fcntl = {
  duplicate: 0,
  getDescriptorFlags: 1,
  setDescriptorFlags: 2,
  getFlags: 3,
  setFlags: 4,
  getLock: 12,
  setLock: 13,
  setLockWait: 14,
} as const;
const unlocked = 2;
const settableFlags = 0o6000;
/** A device counts as a file, since the C library takes what WASI calls a character device for a terminal. */
const wasiType = { device: 4, directory: 3, file: 4, link: 7 } as const;
const mapShared = 1;
const mapWritable = 2;
const pageBytes = 65536;
const pollEventBytes = 8;
const pollAlways = 0x001 | 0x004;
const pollInvalid = 0x020;

export interface DescriptorCallTarget extends FileCallTarget {
  /** Memory for a mapped file, from the interpreter's own allocator; 0 when there is none left. */
  allocate(alignment: number, size: number): number;
  sleep(durationMs: number): void;
}

/** WASI's `fd_*` answer an error number, the `__syscall_*` an error number negated. */
export function descriptorCalls(target: DescriptorCallTarget): Record<string, WebAssembly.HostFunction> {
  return { ...wasiCalls(target), ...systemCalls(target) };
}

function wasiCalls(target: DescriptorCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const positive = (call: () => void): number => {
    try {
      call();
      return 0;
    } catch (error) {
      if (error instanceof Errno) return error.code;
      throw error;
    }
  };
  /** Goes through a list of buffers until one is not used up. */
  const transfer = (
    list: number,
    count: number,
    total: number,
    offset: bigint | undefined,
    move: (bytes: Uint8Array<ArrayBuffer>, at: number | undefined) => number,
  ) => {
    let moved = 0;
    for (let i = 0; i < count; i++) {
      const bytes = memory.slice(memory.readWord(list + i * 8), memory.readWord(list + i * 8 + 4));
      const step = move(bytes, offset === undefined ? undefined : Number(offset) + moved);
      moved += step;
      if (step < bytes.length) break;
    }
    memory.writeWord(total, moved);
  };
  const read = (fd: number, list: number, count: number, offset: bigint | undefined, total: number) =>
    positive(() =>
      transfer(list, count, total, offset, (bytes, at) => target.descriptors.read(fd, bytes, at)),
    );
  const write = (fd: number, list: number, count: number, offset: bigint | undefined, total: number) =>
    positive(() =>
      transfer(list, count, total, offset, (bytes, at) => target.descriptors.write(fd, bytes, at)),
    );
  return {
    fd_read: (fd: number, list: number, count: number, total: number) =>
      read(fd, list, count, undefined, total),
    fd_pread: read,
    fd_write: (fd: number, list: number, count: number, total: number) =>
      write(fd, list, count, undefined, total),
    fd_pwrite: write,
    fd_seek: (fd: number, offset: bigint, whence: number, into: number) =>
      positive(() => memory.writeLong(into, BigInt(target.descriptors.seek(fd, Number(offset), whence)))),
    fd_close: (fd: number) => positive(() => target.descriptors.close(fd)),
    fd_sync: (fd: number) => positive(() => target.descriptors.get(fd)),
    fd_fdstat_get: (fd: number, into: number) =>
      positive(() => {
        const { node } = target.descriptors.get(fd);
        memory.slice(into, 24).fill(0);
        memory.bytes[into >>> 0] = wasiType[node.kind];
      }),
  };
}

function systemCalls(target: DescriptorCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  return negateErrors({
    __syscall_fcntl64: (fd: number, command: number, varargs: number) => {
      const file = target.descriptors.get(fd);
      switch (command) {
        case fcntl.duplicate:
          return target.descriptors.duplicate(fd, memory.readWord(varargs));
        case fcntl.getDescriptorFlags:
        case fcntl.setDescriptorFlags:
          return 0;
        case fcntl.getFlags:
          return file.flags;
        case fcntl.setFlags:
          file.flags = (file.flags & ~settableFlags) | (memory.readWord(varargs) & settableFlags);
          return 0;
        // Nobody else is there to hold a lock.
        case fcntl.getLock:
          memory.view.setInt16(memory.readWord(varargs), unlocked, true);
          return 0;
        case fcntl.setLock:
        case fcntl.setLockWait:
          return 0;
        default:
          throw new Errno(errno.EINVAL);
      }
    },
    // Nothing here is a terminal.
    __syscall_ioctl: (fd: number) => {
      target.descriptors.get(fd);
      throw new Errno(errno.ENOTTY);
    },
    __syscall_dup: (fd: number) => target.descriptors.duplicate(fd, 0),
    __syscall_dup3: (fd: number, to: number) => {
      target.descriptors.duplicateTo(fd, to);
      return to;
    },
    __syscall_ftruncate64: (fd: number, size: bigint) => target.descriptors.truncate(fd, Number(size)),
    __syscall_fallocate: (fd: number, mode: number, offset: bigint, length: bigint) => {
      const { node } = target.descriptors.get(fd);
      if (mode !== 0 || node.kind !== "file" || offset < 0n || length <= 0n) throw new Errno(errno.EINVAL);
      const end = Number(offset + length);
      if (end > node.contents.size) target.descriptors.truncate(fd, end);
    },
    __syscall_fdatasync: (fd: number) => void target.descriptors.get(fd),
    __syscall_fadvise64: () => 0,
    __syscall_poll: (list: number, count: number, timeoutMs: number) => poll(target, list, count, timeoutMs),
    ...mappingCalls(target),
  });
}

/** Every file is always ready. With nothing to wait for, the timeout is all there is. */
function poll(target: DescriptorCallTarget, list: number, count: number, timeoutMs: number): number {
  let ready = 0;
  for (let i = 0; i < count; i++) {
    const at = (list >>> 0) + i * pollEventBytes;
    const fd = target.memory.view.getInt32(at, true);
    const wanted = target.memory.view.getUint16(at + 4, true);
    let happened = 0;
    if (fd >= 0) {
      try {
        target.descriptors.get(fd);
        happened = pollAlways & wanted;
      } catch {
        happened = pollInvalid;
      }
    }
    if (happened !== 0) ready++;
    target.memory.view.setUint16(at + 6, happened, true);
  }
  if (ready === 0 && timeoutMs > 0) target.sleep(timeoutMs);
  return ready;
}

/** A mapping is a copy of the file; a shared one is written back when it is synchronised or ends. */
function mappingCalls(target: DescriptorCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const writeBack = (
    address: number,
    length: number,
    protection: number,
    flags: number,
    fd: number,
    offset: bigint,
  ) => {
    if ((flags & mapShared) === 0 || (protection & mapWritable) === 0) return 0;
    const { node } = target.descriptors.get(fd);
    if (node.kind !== "file") return 0;
    const room = Math.max(0, Math.min(length >>> 0, node.contents.size - Number(offset)));
    target.descriptors.write(fd, memory.slice(address, room), Number(offset));
    return 0;
  };
  return {
    _mmap_js: (
      length: number,
      protection: number,
      flags: number,
      fd: number,
      offset: bigint,
      allocated: number,
      address: number,
    ) => {
      const { node } = target.descriptors.get(fd);
      if (node.kind !== "file") throw new Errno(errno.ENODEV);
      if (node.sealed && flags & mapShared && protection & mapWritable) throw new Errno(errno.EROFS);
      const size = Math.ceil((length >>> 0) / pageBytes) * pageBytes;
      const at = target.allocate(pageBytes, size) >>> 0;
      if (at === 0) throw new Errno(errno.ENOMEM);
      const mapped = memory.slice(at, size).fill(0);
      node.contents.read(Number(offset), mapped.subarray(0, length >>> 0));
      memory.writeWord(allocated, 1);
      memory.writeWord(address, at);
      return 0;
    },
    _munmap_js: writeBack,
    _msync_js: writeBack,
  };
}
