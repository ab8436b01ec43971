import type { Descriptors } from "./descriptors.ts";
import { Errno, errno } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { asDirectory, fileType, present, type TreeNode } from "./tree-node.ts";

/** What file calls act on; the descriptors change with every task. */
export interface FileCallTarget {
  readonly memory: GuestMemory;
  readonly descriptors: Descriptors;
}

const atEmptyPath = 0x1000;
const atNoFollow = 0x100;
const atRemoveDirectory = 0x200;
const utimeNow = 0x3fffffff;
const utimeOmit = 0x3ffffffe;
const direntBytes = 280;
const direntNameAt = 19;
const workingDirectoryFd = -100;

/**
 * The C library's system calls that name files (Emscripten's `__syscall_*`): 0 or more is success, below 0 an error
 * number negated. Structures are laid out as musl has them on wasm32.
 */
export function fileCalls(target: FileCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const path = (address: number) => memory.readString(address);
  const nodeAt = (fd: number, address: number, follow: boolean) =>
    present(target.descriptors.place(fd, path(address), follow));

  return negateErrors({
    __syscall_openat: (fd: number, name: number, flags: number, varargs: number) =>
      target.descriptors.open(fd, path(name), flags, varargs === 0 ? 0 : memory.readWord(varargs)),
    __syscall_stat64: (name: number, into: number) =>
      writeStat(memory, into, nodeAt(workingDirectoryFd, name, true)),
    __syscall_lstat64: (name: number, into: number) =>
      writeStat(memory, into, nodeAt(workingDirectoryFd, name, false)),
    __syscall_fstat64: (fd: number, into: number) => writeStat(memory, into, target.descriptors.get(fd).node),
    __syscall_newfstatat: (fd: number, name: number, into: number, flags: number) => {
      const isEmpty = flags & atEmptyPath && path(name) === "";
      const node = isEmpty ? target.descriptors.get(fd).node : nodeAt(fd, name, (flags & atNoFollow) === 0);
      return writeStat(memory, into, node);
    },
    __syscall_faccessat: (fd: number, name: number, mode: number) => {
      const node = nodeAt(fd, name, true);
      if (mode & 2 && node.sealed && node.kind !== "device") throw new Errno(errno.EROFS);
    },
    __syscall_mkdirat: (fd: number, name: number, mode: number) =>
      target.descriptors.tree.makeDirectory(target.descriptors.place(fd, path(name), false), mode),
    __syscall_mknodat: (fd: number, name: number, mode: number) => {
      const type = mode & 0o170000;
      if (type !== 0 && type !== fileType.file) throw new Errno(errno.EPERM);
      target.descriptors.tree.makeFile(target.descriptors.place(fd, path(name), false), mode);
    },
    __syscall_unlinkat: (fd: number, name: number, flags: number) => {
      const place = target.descriptors.place(fd, path(name), false);
      if (flags & atRemoveDirectory) target.descriptors.tree.removeDirectory(place);
      else target.descriptors.tree.removeFile(place);
    },
    __syscall_rmdir: (name: number) =>
      target.descriptors.tree.removeDirectory(
        target.descriptors.place(workingDirectoryFd, path(name), false),
      ),
    __syscall_renameat: (fromFd: number, from: number, toFd: number, to: number) =>
      target.descriptors.tree.rename(
        target.descriptors.place(fromFd, path(from), false),
        target.descriptors.place(toFd, path(to), false),
      ),
    __syscall_symlinkat: (text: number, fd: number, name: number) =>
      target.descriptors.tree.makeLink(target.descriptors.place(fd, path(name), false), path(text)),
    __syscall_readlinkat: (fd: number, name: number, into: number, size: number) => {
      const node = nodeAt(fd, name, false);
      if (node.kind !== "link") throw new Errno(errno.EINVAL);
      const bytes = new TextEncoder().encode(node.target).subarray(0, size);
      memory.bytes.set(bytes, into >>> 0);
      return bytes.length;
    },
    __syscall_truncate64: (name: number, size: bigint) =>
      target.descriptors.truncateNode(nodeAt(workingDirectoryFd, name, true), Number(size)),
    __syscall_chmod: (name: number, mode: number) => changeMode(nodeAt(workingDirectoryFd, name, true), mode),
    __syscall_fchmod: (fd: number, mode: number) => changeMode(target.descriptors.get(fd).node, mode),
    __syscall_fchmodat2: (fd: number, name: number, mode: number, flags: number) =>
      changeMode(nodeAt(fd, name, (flags & atNoFollow) === 0), mode),
    // The one user owns everything; handing a file to another means nothing here.
    __syscall_fchownat: (fd: number, name: number) => refuseIfSealed(nodeAt(fd, name, true)),
    __syscall_fchown32: (fd: number) => refuseIfSealed(target.descriptors.get(fd).node),
    __syscall_utimensat: (fd: number, name: number, times: number, flags: number) => {
      const itself = name === 0 || path(name) === "";
      const node = itself ? target.descriptors.get(fd).node : nodeAt(fd, name, (flags & atNoFollow) === 0);
      refuseIfSealed(node);
      const now = Date.now();
      node.atimeMs = times === 0 ? now : readTime(memory, times, now, node.atimeMs);
      node.mtimeMs = times === 0 ? now : readTime(memory, times + 16, now, node.mtimeMs);
      node.ctimeMs = now;
    },
    __syscall_statfs64: (name: number, _size: number, into: number) => {
      nodeAt(workingDirectoryFd, name, true);
      writeFileSystem(memory, into, target.descriptors.tree.bytesFree);
    },
    __syscall_fstatfs64: (fd: number, _size: number, into: number) => {
      target.descriptors.get(fd);
      writeFileSystem(memory, into, target.descriptors.tree.bytesFree);
    },
    __syscall_chdir: (name: number) => {
      target.descriptors.workingDirectory = asDirectory(nodeAt(workingDirectoryFd, name, true));
    },
    __syscall_fchdir: (fd: number) => {
      target.descriptors.workingDirectory = asDirectory(target.descriptors.get(fd).node);
    },
    __syscall_getcwd: (into: number, size: number) => {
      const text = target.descriptors.tree.pathOf(target.descriptors.workingDirectory);
      if (new TextEncoder().encode(text).length + 1 > size) throw new Errno(errno.ERANGE);
      return memory.writeString(into, text, size);
    },
    __syscall_getdents64: (fd: number, into: number, size: number) => listDirectory(target, fd, into, size),
  });
}

/** Runs a call, and answers an `Errno` as the C library expects it. */
export function negateErrors(
  calls: Record<string, WebAssembly.HostFunction>,
): Record<string, WebAssembly.HostFunction> {
  const guarded =
    (call: WebAssembly.HostFunction) =>
    (...args: unknown[]) => {
      try {
        return call(...args) ?? 0;
      } catch (error) {
        if (error instanceof Errno) return -error.code;
        throw error;
      }
    };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guarded(call)]));
}

function refuseIfSealed(node: TreeNode): void {
  if (node.sealed) throw new Errno(errno.EROFS);
}

function changeMode(node: TreeNode, mode: number): void {
  refuseIfSealed(node);
  node.mode = (node.mode & ~0o7777) | (mode & 0o7777);
  node.ctimeMs = Date.now();
}

function readTime(memory: GuestMemory, address: number, nowMs: number, presentMs: number): number {
  const nanoseconds = memory.readWord(address + 8);
  if (nanoseconds === utimeNow) return nowMs;
  if (nanoseconds === utimeOmit) return presentMs;
  return Number(memory.view.getBigInt64(address, true)) * 1000 + nanoseconds / 1e6;
}

function writeStat(memory: GuestMemory, into: number, node: TreeNode): void {
  const at = into >>> 0;
  const size = node.kind === "file" ? node.contents.size : node.kind === "link" ? node.target.length : 0;
  memory.bytes.fill(0, at, at + 96);
  memory.writeWord(at, 1);
  memory.writeWord(at + 4, node.mode);
  memory.writeWord(at + 8, 1);
  memory.writeWord(at + 20, node.kind === "device" ? node.number : 0);
  memory.writeLong(at + 24, BigInt(size));
  memory.writeWord(at + 32, 4096);
  memory.writeWord(at + 36, Math.ceil(size / 512));
  [node.atimeMs, node.mtimeMs, node.ctimeMs].forEach((timeMs, i) => {
    const seconds = Math.floor(timeMs / 1000);
    memory.writeLong(at + 40 + i * 16, BigInt(seconds));
    memory.writeWord(at + 48 + i * 16, Math.round((timeMs - seconds * 1000) * 1e6));
  });
  memory.writeLong(at + 88, BigInt(node.ino));
}

function writeFileSystem(memory: GuestMemory, into: number, bytesFree: number): void {
  const blockBytes = 4096;
  const blocksFree = BigInt(Math.floor(bytesFree / blockBytes));
  memory.writeWord(into + 4, blockBytes);
  memory.writeLong(into + 8, blocksFree);
  memory.writeLong(into + 16, blocksFree);
  memory.writeLong(into + 24, blocksFree);
  memory.writeLong(into + 32, 0n);
  memory.writeLong(into + 40, 0n);
  memory.writeWord(into + 48, 0);
  memory.writeWord(into + 56, 255);
  memory.writeWord(into + 60, blockBytes);
  memory.writeWord(into + 64, 0);
}

const direntType = { directory: 4, file: 8, link: 10, device: 2 } as const;

function listDirectory(target: FileCallTarget, fd: number, into: number, size: number): number {
  const { memory } = target;
  const file = target.descriptors.get(fd);
  const directory = asDirectory(file.node);
  file.listing ??= [".", "..", ...directory.children.keys()];
  const first = Math.floor(file.position / direntBytes);
  const room = Math.floor((size >>> 0) / direntBytes);
  let at = into >>> 0;
  let index = first;
  for (; index < file.listing.length && (at - (into >>> 0)) / direntBytes < room; index++) {
    const name = file.listing[index] ?? "";
    const node =
      name === "."
        ? directory
        : name === ".."
          ? (directory.parent ?? directory)
          : directory.children.get(name);
    // Removed since the listing began.
    if (node === undefined) continue;
    memory.writeLong(at, BigInt(node.ino));
    memory.writeLong(at + 8, BigInt((index + 1) * direntBytes));
    memory.view.setUint16(at + 16, direntBytes, true);
    memory.bytes[at + 18] = direntType[node.kind];
    memory.writeString(at + direntNameAt, name, direntBytes - direntNameAt);
    at += direntBytes;
  }
  file.position = index * direntBytes;
  return at - (into >>> 0);
}
