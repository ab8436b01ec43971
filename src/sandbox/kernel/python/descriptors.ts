import { Errno, errno } from "./errno.ts";
import type { FileTree } from "./file-tree.ts";
import { asDirectory, type DirectoryNode, type Place, present, type TreeNode } from "./tree-node.ts";

/** `open` flags of the interpreter's C library (musl on wasm32, `bits/fcntl.h`). */
export const openFlag = {
  accessMode: 0o3,
  writeOnly: 0o1,
  readWrite: 0o2,
  create: 0o100,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  directory: 0o200000,
  noFollow: 0o400000,
} as const;

/** What `dup` shares: one position for all descriptors of one `open`. */
export interface OpenFile {
  readonly node: TreeNode;
  flags: number;
  position: number;
  /** The names a directory listing goes through, taken when it begins. */
  listing: string[] | undefined;
  descriptors: number;
}

const descriptorsMax = 1024;
/** One file at most as long as a wasm32 program can address. */
const fileBytesMax = 2 ** 31 - 1;

/** The open files of one task, its working directory, and reading and writing through them. */
export class Descriptors {
  readonly tree: FileTree;
  workingDirectory: DirectoryNode;
  readonly #open: (OpenFile | undefined)[] = [];

  constructor(tree: FileTree, workingDirectory: string) {
    this.tree = tree;
    this.workingDirectory = asDirectory(tree.find(tree.root, workingDirectory, true).node);
  }

  /** Resolves a path as the `*at` calls do; `fd` -100 is the working directory. */
  place(fd: number, path: string, followLast: boolean): Place {
    const from = path.startsWith("/") || fd === -100 ? this.workingDirectory : asDirectory(this.get(fd).node);
    return this.tree.find(from, path, followLast);
  }

  get(fd: number): OpenFile {
    const file = this.#open[fd];
    if (file === undefined) throw new Errno(errno.EBADF);
    return file;
  }

  open(dirFd: number, path: string, flags: number, mode: number): number {
    const mayFollow = (flags & openFlag.noFollow) === 0 && (flags & openFlag.exclusive) === 0;
    const place = this.place(dirFd, path, mayFollow);
    const node = this.#nodeToOpen(place, flags, mode);
    const writes = (flags & openFlag.accessMode) !== 0;
    if (node.kind === "link") throw new Errno(errno.ELOOP);
    if (node.kind === "directory" && writes) throw new Errno(errno.EISDIR);
    if (node.kind !== "directory" && flags & openFlag.directory) throw new Errno(errno.ENOTDIR);
    if (node.kind === "file") {
      if (writes && node.sealed) throw new Errno(errno.EROFS);
      if (flags & openFlag.truncate && place.node !== undefined) this.tree.resize(node, 0);
    }
    const kept = flags & ~(openFlag.create | openFlag.exclusive | openFlag.truncate | openFlag.noFollow);
    const fd = this.#lowestFree(0);
    if (node.kind === "file") node.opens++;
    this.#open[fd] = { node, flags: kept, position: 0, listing: undefined, descriptors: 1 };
    return fd;
  }

  #nodeToOpen(place: Place, flags: number, mode: number): TreeNode {
    if ((flags & openFlag.create) === 0) return present(place);
    if (place.node === undefined) return this.tree.makeFile(place, mode);
    if (flags & openFlag.exclusive) throw new Errno(errno.EEXIST);
    if (place.node.kind === "directory") throw new Errno(errno.EISDIR);
    return present(place);
  }

  close(fd: number): void {
    const file = this.get(fd);
    this.#open[fd] = undefined;
    if (--file.descriptors > 0 || file.node.kind !== "file") return;
    file.node.opens--;
    this.tree.releaseIfGone(file.node);
  }

  /** @param from the lowest descriptor that will do */
  duplicate(fd: number, from: number): number {
    const file = this.get(fd);
    if (from < 0 || from >= descriptorsMax) throw new Errno(errno.EINVAL);
    const copy = this.#lowestFree(from);
    this.#open[copy] = file;
    file.descriptors++;
    return copy;
  }

  duplicateTo(fd: number, to: number): void {
    const file = this.get(fd);
    if (to === fd) throw new Errno(errno.EINVAL);
    if (to < 0 || to >= descriptorsMax) throw new Errno(errno.EBADF);
    if (this.#open[to] !== undefined) this.close(to);
    this.#open[to] = file;
    file.descriptors++;
  }

  /** @param at where to read; undefined reads on from the shared position */
  read(fd: number, into: Uint8Array, at: number | undefined): number {
    const { node, flags, position } = this.get(fd);
    if ((flags & openFlag.accessMode) === openFlag.writeOnly) throw new Errno(errno.EBADF);
    if (node.kind === "directory") throw new Errno(errno.EISDIR);
    if (node.kind === "device") return node.device.read(into);
    if (node.kind === "link") throw new Errno(errno.EBADF);
    const from = at ?? position;
    const count = node.contents.read(from, into);
    if (at === undefined) this.get(fd).position = from + count;
    return count;
  }

  /** @param at where to write; undefined writes on from the shared position, or at the end of a file opened to append */
  write(fd: number, bytes: Uint8Array<ArrayBuffer>, at: number | undefined): number {
    const file = this.get(fd);
    const { node } = file;
    if ((file.flags & openFlag.accessMode) === 0) throw new Errno(errno.EBADF);
    if (node.kind === "device") {
      node.device.write(bytes);
      return bytes.length;
    }
    if (node.kind !== "file") throw new Errno(errno.EBADF);
    const from = at ?? (file.flags & openFlag.append ? node.contents.size : file.position);
    const end = from + bytes.length;
    if (end > fileBytesMax) throw new Errno(errno.EFBIG);
    this.tree.write(node, from, bytes);
    if (at === undefined) file.position = end;
    return bytes.length;
  }

  seek(fd: number, offset: number, whence: number): number {
    const file = this.get(fd);
    if (file.node.kind === "device") throw new Errno(errno.ESPIPE);
    const end = file.node.kind === "file" ? file.node.contents.size : 0;
    const base = [0, file.position, end][whence];
    if (base === undefined || !(base + offset >= 0)) throw new Errno(errno.EINVAL);
    file.position = base + offset;
    if (file.position === 0) file.listing = undefined;
    return file.position;
  }

  truncate(fd: number, size: number): void {
    const file = this.get(fd);
    if (file.node.kind !== "file" || (file.flags & openFlag.accessMode) === 0) throw new Errno(errno.EINVAL);
    this.truncateNode(file.node, size);
  }

  truncateNode(node: TreeNode, size: number): void {
    if (node.kind === "directory") throw new Errno(errno.EISDIR);
    if (node.kind !== "file" || !(size >= 0)) throw new Errno(errno.EINVAL);
    if (size > fileBytesMax) throw new Errno(errno.EFBIG);
    this.tree.resize(node, size);
  }

  #lowestFree(from: number): number {
    for (let fd = from; fd < descriptorsMax; fd++) {
      if (this.#open[fd] === undefined) return fd;
    }
    throw new Errno(errno.EMFILE);
  }
}
