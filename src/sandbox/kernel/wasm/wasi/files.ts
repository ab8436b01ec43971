import { errno, refuseWith } from "./errno.ts";

/** What a program may keep in its file system. */
export interface FileBudget {
  bytesMax: number;
  nodesMax: number;
}

const nameBytesMax = 255;
const pathBytesMax = 4096;
const growthBytesMin = 1024;

abstract class Node {
  readonly inode: bigint;
  /** Nanoseconds since 1970. */
  accessedAt: bigint;
  modifiedAt: bigint;

  constructor(inode: bigint, now: bigint) {
    this.inode = inode;
    this.accessedAt = now;
    this.modifiedAt = now;
  }
}

export class FileNode extends Node {
  /** How many names lead here, and how many descriptors are open: at none of both its bytes are given back. */
  links = 1;
  opens = 0;
  size = 0;
  #bytes = new Uint8Array(0);

  get capacity(): number {
    return this.#bytes.length;
  }

  /** Copies from the file; answers how much there was. */
  read(at: number, target: Uint8Array): number {
    const part = this.#bytes.subarray(Math.min(at, this.size), Math.min(at + target.length, this.size));
    target.set(part);
    return part.length;
  }

  /** The capacity has to be there. */
  write(at: number, source: Uint8Array): void {
    this.#bytes.set(source, at);
    this.size = Math.max(this.size, at + source.length);
  }

  resize(size: number): void {
    if (size < this.size) this.#bytes.fill(0, size, this.size);
    this.size = size;
  }

  reallocate(capacity: number): void {
    const bytes = new Uint8Array(capacity);
    bytes.set(this.#bytes.subarray(0, Math.min(this.size, capacity)));
    this.#bytes = bytes;
  }
}

export class DirectoryNode extends Node {
  readonly entries = new Map<string, FileNode | DirectoryNode>();
  parent: DirectoryNode;
  /** Set when it has no name any more: nothing can be made in it. */
  removed = false;

  constructor(inode: bigint, now: bigint, parent?: DirectoryNode) {
    super(inode, now);
    this.parent = parent ?? this;
  }
}

/** Where a path leads: a directory, and a name in it that may or may not be there. */
export interface Place {
  directory: DirectoryNode;
  /** Empty when the path leads to the directory itself. */
  name: string;
  node: FileNode | DirectoryNode | undefined;
  /** The path ends in a slash: only a directory will do. */
  wantsDirectory: boolean;
}

const nameDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const nameEncoder = new TextEncoder();

/** A program's files, in memory, from its start to its end. There are no symbolic links. */
export class FileSystem {
  readonly root: DirectoryNode;
  readonly #budget: FileBudget;
  readonly #now: () => bigint;
  #bytes = 0;
  #nodes = 1;
  #lastInode = 1n;

  constructor(budget: FileBudget, now: () => bigint) {
    this.#budget = budget;
    this.#now = now;
    this.root = new DirectoryNode(this.#lastInode, now());
  }

  /** Follows a path from a directory, or from the root when it begins with a slash. `..` of the root is the root. */
  find(from: DirectoryNode, path: string): Place {
    const steps = path.split("/").filter((step) => step !== "" && step !== ".");
    const wantsDirectory = path.endsWith("/") || path.endsWith("/.") || path === ".";
    let directory = path.startsWith("/") ? this.root : from;
    for (const [index, step] of steps.entries()) {
      const last = index === steps.length - 1;
      if (step.length > nameBytesMax || nameEncoder.encode(step).length > nameBytesMax) {
        refuseWith(errno.nameTooLong);
      }
      if (step === "..") {
        directory = directory.parent;
        continue;
      }
      const node = directory.entries.get(step);
      if (last) return { directory, name: step, node, wantsDirectory };
      if (!node) refuseWith(errno.noEntry);
      if (!(node instanceof DirectoryNode)) refuseWith(errno.notDirectory);
      directory = node;
    }
    return { directory, name: "", node: directory, wantsDirectory: true };
  }

  /** As `find`, for a path that has to lead somewhere. */
  lookUp(from: DirectoryNode, path: string): FileNode | DirectoryNode {
    const { node, wantsDirectory } = this.find(from, path);
    if (!node) refuseWith(errno.noEntry);
    if (wantsDirectory && !(node instanceof DirectoryNode)) refuseWith(errno.notDirectory);
    return node;
  }

  createFile({ directory, name, wantsDirectory }: Place): FileNode {
    if (wantsDirectory) refuseWith(errno.isDirectory);
    const file = new FileNode(this.#newInode(directory), this.#now());
    this.#enter(directory, name, file);
    return file;
  }

  createDirectory({ directory, name, node }: Place): DirectoryNode {
    if (node) refuseWith(errno.exists);
    const made = new DirectoryNode(this.#newInode(directory), this.#now(), directory);
    this.#enter(directory, name, made);
    return made;
  }

  /** Makes a file with its directories, for what the input brings along. */
  place(path: string, bytes: Uint8Array): void {
    const steps = path.split("/").filter((step) => step !== "" && step !== ".");
    let directory = this.root;
    for (const step of steps.slice(0, -1)) {
      const node = directory.entries.get(step) ?? this.createDirectory(this.find(directory, step));
      if (!(node instanceof DirectoryNode)) refuseWith(errno.notDirectory);
      directory = node;
    }
    const place = this.find(directory, steps.at(-1) ?? "");
    if (place.node) refuseWith(errno.exists);
    this.write(this.createFile(place), 0, bytes);
  }

  write(file: FileNode, at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#reserve(file, at + bytes.length);
    file.write(at, bytes);
    file.modifiedAt = this.#now();
  }

  truncate(file: FileNode, size: number): void {
    this.#reserve(file, size);
    file.resize(size);
    if (size === 0) this.#reallocate(file, 0);
    file.modifiedAt = this.#now();
  }

  link(file: FileNode, { directory, name, node, wantsDirectory }: Place): void {
    if (node) refuseWith(errno.exists);
    if (wantsDirectory) refuseWith(errno.noEntry);
    if (directory.removed) refuseWith(errno.noEntry);
    this.#count();
    this.#enter(directory, name, file);
    file.links++;
  }

  unlink({ directory, name, node, wantsDirectory }: Place): void {
    if (!node) refuseWith(errno.noEntry);
    if (node instanceof DirectoryNode) refuseWith(errno.isDirectory);
    if (wantsDirectory) refuseWith(errno.notDirectory);
    this.#leave(directory, name);
    node.links--;
    this.release(node);
  }

  removeDirectory({ directory, name, node }: Place): void {
    if (!node) refuseWith(errno.noEntry);
    if (!(node instanceof DirectoryNode)) refuseWith(errno.notDirectory);
    if (name === "") refuseWith(errno.invalid);
    if (node.entries.size > 0) refuseWith(errno.notEmpty);
    this.#leave(directory, name);
    node.removed = true;
  }

  rename(from: Place, to: Place): void {
    const { node } = from;
    if (!node) refuseWith(errno.noEntry);
    if (from.name === "" || to.name === "" || to.directory.removed) refuseWith(errno.invalid);
    if (node === to.node) return;
    if (node instanceof DirectoryNode) {
      for (let above = to.directory; above !== this.root; above = above.parent) {
        if (above === node) refuseWith(errno.invalid);
      }
      if (to.node) this.removeDirectory(to);
    } else {
      if (from.wantsDirectory || to.wantsDirectory) refuseWith(errno.notDirectory);
      if (to.node) this.unlink(to);
    }
    this.#leave(from.directory, from.name);
    this.#count();
    this.#enter(to.directory, to.name, node);
    if (node instanceof DirectoryNode) node.parent = to.directory;
  }

  /** Gives the bytes of a file back that nothing leads to any more. */
  release(file: FileNode): void {
    if (file.links === 0 && file.opens === 0) this.#reallocate(file, 0);
  }

  /** A name or path as the guest gave it. */
  static decodePath(bytes: Uint8Array<ArrayBuffer>): string {
    if (bytes.length > pathBytesMax) refuseWith(errno.nameTooLong);
    let path: string;
    try {
      path = nameDecoder.decode(bytes);
    } catch {
      refuseWith(errno.illegalBytes);
    }
    if (path === "") refuseWith(errno.noEntry);
    if (path.includes("\0")) refuseWith(errno.invalid);
    return path;
  }

  #newInode(directory: DirectoryNode): bigint {
    if (directory.removed) refuseWith(errno.noEntry);
    this.#count();
    this.#lastInode++;
    return this.#lastInode;
  }

  /** Names are what is counted: each holds one node. */
  #count(): void {
    if (this.#nodes >= this.#budget.nodesMax) refuseWith(errno.noSpace);
    this.#nodes++;
  }

  #enter(directory: DirectoryNode, name: string, node: FileNode | DirectoryNode): void {
    directory.entries.set(name, node);
    directory.modifiedAt = this.#now();
  }

  #leave(directory: DirectoryNode, name: string): void {
    directory.entries.delete(name);
    directory.modifiedAt = this.#now();
    this.#nodes--;
  }

  /** Makes room for `size` bytes, with some to spare, so that many small writes stay cheap. */
  #reserve(file: FileNode, size: number): void {
    if (size <= file.capacity) return;
    const free = this.#budget.bytesMax - this.#bytes + file.capacity;
    if (size > free) refuseWith(errno.noSpace);
    this.#reallocate(file, Math.min(free, Math.max(size, file.capacity * 2, growthBytesMin)));
  }

  #reallocate(file: FileNode, capacity: number): void {
    this.#bytes += capacity - file.capacity;
    file.reallocate(capacity);
  }
}
