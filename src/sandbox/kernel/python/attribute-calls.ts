import { Errno, errno } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";
import {
  atNoFollow,
  type FileCallTarget,
  negateErrors,
  nodeFinder,
  workingDirectoryFd,
} from "./system-call.ts";
import type { TreeNode } from "./tree-node.ts";

const atEmptyPath = 0x1000;
const utimeNow = 0x3fffffff;
const utimeOmit = 0x3ffffffe;

/** Calls that read and change what is known of a file beside its contents. */
export function attributeCalls(target: FileCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const path = (address: number) => memory.readString(address);
  const nodeAt = nodeFinder(target);
  return negateErrors({
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
  });
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
