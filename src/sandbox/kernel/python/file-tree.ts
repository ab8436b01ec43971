import { Errno, errno } from "./errno.ts";
import { FileContents } from "./file-contents.ts";
import {
  asDirectory,
  type Device,
  type DirectoryNode,
  type FileNode,
  fileType,
  type NodeBase,
  type Place,
  present,
  type TreeNode,
  touch,
} from "./tree-node.ts";

const nameBytesMax = 255;
const pathLengthMax = 4096;
const linksFollowedMax = 40;
/** The installation's own files bear one fixed date, so that they tell nothing about the machine or the task before. */
const installedAtMs = Date.UTC(2000, 0, 1);

export interface TreeLimits {
  /** For the contents of all files together. */
  bytesMax: number;
  nodesMax: number;
}

/**
 * A tree of files in memory: the only file system that the interpreter can see. Everything is bounded, and a new tree
 * shares nothing with the last one but the sealed files' bytes.
 */
export class FileTree {
  readonly root: DirectoryNode;
  readonly #limits: TreeLimits;
  #bytes = 0;
  #nodes = 0;
  #lastIno = 0;

  constructor(limits: TreeLimits) {
    this.#limits = limits;
    this.root = this.#directory(undefined, "", true);
    this.root.parent = this.root;
  }

  /** Adds to the installation; only for setting the tree up. `path` is absolute and plain. */
  install(
    path: string,
    what: { directory: "sealed" | "writable" } | { contents: FileContents } | { device: Device },
  ): void {
    const names = path.split("/").filter((part) => part !== "");
    const last = names.pop();
    let parent = this.root;
    for (const name of names) {
      let child = parent.children.get(name);
      if (child === undefined) {
        child = this.#directory(parent, name, true);
        parent.children.set(name, child);
      }
      if (child.kind !== "directory")
        throw new TypeError(`${path} leads through something that is no directory.`);
      parent = child;
    }
    if (last === undefined || parent.children.has(last)) throw new TypeError(`${path} cannot be installed.`);
    if ("directory" in what) {
      parent.children.set(last, this.#directory(parent, last, what.directory === "sealed"));
    } else if ("contents" in what) {
      parent.children.set(last, {
        kind: "file",
        ...this.#base(fileType.file | 0o444, true),
        contents: what.contents,
        linked: true,
        opens: 0,
      });
    } else {
      const base = this.#base(fileType.device | 0o666, true);
      parent.children.set(last, { kind: "device", ...base, number: base.ino, device: what.device });
    }
  }

  /** Walks `path`, starting at `from` unless it is absolute. A missing last name is no error here. */
  find(from: DirectoryNode, path: string, followLast: boolean): Place {
    if (path === "") throw new Errno(errno.ENOENT);
    if (path.length > pathLengthMax) throw new Errno(errno.ENAMETOOLONG);
    return this.#walk(from, path, followLast, 0);
  }

  #walk(from: DirectoryNode, path: string, followLast: boolean, followed: number): Place {
    let directory = path.startsWith("/") ? this.root : from;
    const names = path.split("/").filter((part) => part !== "" && part !== ".");
    const wantsDirectory = /\/\.?$|^\.$/.test(path);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? "";
      const last = i === names.length - 1;
      if (name === "..") {
        directory = directory.parent ?? this.root;
        continue;
      }
      // No character takes less than one byte of UTF-8 or more than three for each UTF-16 unit.
      if (name.length * 3 > nameBytesMax && utf8Length(name) > nameBytesMax)
        throw new Errno(errno.ENAMETOOLONG);
      const node = directory.children.get(name);
      if (node?.kind === "link" && (!last || followLast || wantsDirectory)) {
        if (followed === linksFollowedMax) throw new Errno(errno.ELOOP);
        const target = this.#walk(directory, node.target, true, followed + 1);
        if (last) return { ...target, wantsDirectory: wantsDirectory || target.wantsDirectory };
        directory = asDirectory(target.node);
        continue;
      }
      if (last) return { parent: directory, name, node, wantsDirectory };
      directory = asDirectory(node);
    }
    return { parent: directory.parent ?? this.root, name: "", node: directory, wantsDirectory };
  }

  makeDirectory(place: Place, mode: number): void {
    const { parent, name } = this.#vacant(place);
    const node = this.#directory(parent, name, false);
    node.mode = fileType.directory | (mode & 0o7777);
    this.#attach(parent, name, node);
  }

  makeFile(place: Place, mode: number): FileNode {
    if (place.wantsDirectory && place.node === undefined) throw new Errno(errno.EISDIR);
    const { parent, name } = this.#vacant(place);
    const node: FileNode = {
      kind: "file",
      ...this.#base(fileType.file | (mode & 0o7777), false),
      contents: new FileContents(),
      linked: true,
      opens: 0,
    };
    this.#attach(parent, name, node);
    return node;
  }

  makeLink(place: Place, target: string): void {
    if (target === "") throw new Errno(errno.ENOENT);
    if (target.length > pathLengthMax) throw new Errno(errno.ENAMETOOLONG);
    const { parent, name } = this.#vacant(place);
    if (target.length > this.bytesFree) throw new Errno(errno.ENOSPC);
    this.#bytes += target.length;
    this.#attach(parent, name, { kind: "link", ...this.#base(fileType.link | 0o777, false), target });
  }

  removeFile(place: Place): void {
    const node = present(place);
    if (node.kind === "directory") throw new Errno(errno.EISDIR);
    if (place.wantsDirectory) throw new Errno(errno.ENOTDIR);
    this.#detach(place.parent, place.name, node);
  }

  removeDirectory(place: Place): void {
    const node = asDirectory(present(place));
    if (place.name === "") throw new Errno(node === this.root ? errno.EBUSY : errno.EINVAL);
    if (node.sealed || place.parent.sealed) throw new Errno(errno.EROFS);
    if (node.children.size > 0) throw new Errno(errno.ENOTEMPTY);
    this.#detach(place.parent, place.name, node);
  }

  rename(from: Place, to: Place): void {
    const node = present(from);
    if (from.name === "" || (to.name === "" && to.node !== undefined)) throw new Errno(errno.EBUSY);
    if (from.parent.sealed || to.parent.sealed || node.sealed) throw new Errno(errno.EROFS);
    if (node === to.node) return;
    if (node.kind === "directory") {
      for (let above: DirectoryNode = to.parent; above !== this.root; above = above.parent ?? this.root) {
        if (above === node) throw new Errno(errno.EINVAL);
      }
      if (to.node && to.node.kind !== "directory") throw new Errno(errno.ENOTDIR);
      if (to.node && to.node.children.size > 0) throw new Errno(errno.ENOTEMPTY);
    } else if (to.node?.kind === "directory") {
      throw new Errno(errno.EISDIR);
    } else if (to.wantsDirectory) {
      throw new Errno(errno.ENOTDIR);
    }
    if (to.node) this.#detach(to.parent, to.name, to.node);
    from.parent.children.delete(from.name);
    to.parent.children.set(to.name, node);
    if (node.kind === "directory") {
      node.parent = to.parent;
      node.name = to.name;
    }
    touch(from.parent);
    touch(to.parent);
  }

  write(node: FileNode, at: number, bytes: Uint8Array): void {
    if (node.sealed) throw new Errno(errno.EROFS);
    const cost = node.contents.costOf(at, bytes.length);
    if (cost > this.bytesFree) throw new Errno(errno.ENOSPC);
    this.#bytes += cost;
    node.contents.write(at, bytes);
    touch(node);
  }

  /** Sets the length of a file; what is added is zeros. */
  resize(node: FileNode, size: number): void {
    if (node.sealed) throw new Errno(errno.EROFS);
    this.#bytes -= node.contents.resize(size);
    touch(node);
  }

  /** Gives a file's bytes back once nothing names it and nobody has it open. */
  releaseIfGone(node: FileNode): void {
    if (node.linked || node.opens > 0) return;
    this.#bytes -= node.contents.resize(0);
    this.#nodes--;
  }

  /** The absolute path of a directory. */
  pathOf(directory: DirectoryNode): string {
    let path = "";
    for (let at = directory; at !== this.root; ) {
      if (at.parent === undefined) throw new Errno(errno.ENOENT);
      path = `/${at.name}${path}`;
      at = at.parent;
    }
    return path === "" ? "/" : path;
  }

  get bytesFree(): number {
    return this.#limits.bytesMax - this.#bytes;
  }

  #vacant(place: Place): Place {
    if (place.node !== undefined) throw new Errno(errno.EEXIST);
    if (place.parent.sealed) throw new Errno(errno.EROFS);
    if (place.parent.parent === undefined) throw new Errno(errno.ENOENT);
    return place;
  }

  #attach(parent: DirectoryNode, name: string, node: TreeNode): void {
    parent.children.set(name, node);
    touch(parent);
  }

  #detach(parent: DirectoryNode, name: string, node: TreeNode): void {
    if (parent.sealed) throw new Errno(errno.EROFS);
    parent.children.delete(name);
    touch(parent);
    if (node.kind === "file") {
      node.linked = false;
      this.releaseIfGone(node);
      return;
    }
    if (node.kind === "directory") node.parent = undefined;
    if (node.kind === "link") this.#bytes -= node.target.length;
    this.#nodes--;
  }

  #directory(parent: DirectoryNode | undefined, name: string, sealed: boolean): DirectoryNode {
    const mode = fileType.directory | (sealed ? 0o555 : 0o755);
    return { kind: "directory", ...this.#base(mode, sealed), parent, name, children: new Map() };
  }

  #base(mode: number, sealed: boolean): NodeBase {
    if (this.#nodes >= this.#limits.nodesMax) throw new Errno(errno.ENOSPC);
    this.#nodes++;
    const at = sealed ? installedAtMs : Date.now();
    return { ino: ++this.#lastIno, mode, sealed, atimeMs: at, mtimeMs: at, ctimeMs: at };
  }
}

const encoder = new TextEncoder();

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
