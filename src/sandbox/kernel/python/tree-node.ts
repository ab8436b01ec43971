import { Errno, errno } from "./errno.ts";
import type { FileContents } from "./file-contents.ts";

/** A character device: what is read from it and written to it is bytes, nothing else. */
export interface Device {
  /** @returns how many bytes it filled; 0 is the end */
  read(into: Uint8Array): number;
  write(from: Uint8Array<ArrayBuffer>): void;
}

export interface NodeBase {
  readonly ino: number;
  /** The file type and permission bits. The guest is root, so permissions are kept but never refuse. */
  mode: number;
  atimeMs: number;
  mtimeMs: number;
  ctimeMs: number;
  /** Part of the installation: cannot be changed in any way (EROFS). */
  readonly sealed: boolean;
}

export interface DirectoryNode extends NodeBase {
  readonly kind: "directory";
  /** Itself for the root; undefined once it was removed. */
  parent: DirectoryNode | undefined;
  name: string;
  readonly children: Map<string, TreeNode>;
}

export interface FileNode extends NodeBase {
  readonly kind: "file";
  readonly contents: FileContents;
  linked: boolean;
  opens: number;
}

export interface LinkNode extends NodeBase {
  readonly kind: "link";
  readonly target: string;
}

export interface DeviceNode extends NodeBase {
  readonly kind: "device";
  readonly number: number;
  readonly device: Device;
}

export type TreeNode = DirectoryNode | FileNode | LinkNode | DeviceNode;

/** Where a path ends: the directory that holds the name, and what is there under it now. */
export interface Place {
  parent: DirectoryNode;
  /** Empty when the path ends in `/`, `.` or `..` and so names a directory itself. */
  name: string;
  node: TreeNode | undefined;
  /** The path ended in a slash, so only a directory will do. */
  wantsDirectory: boolean;
}

export const fileType = { directory: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

export function present(place: Place): TreeNode {
  if (place.node === undefined) throw new Errno(errno.ENOENT);
  if (place.wantsDirectory && place.node.kind !== "directory") throw new Errno(errno.ENOTDIR);
  return place.node;
}

export function asDirectory(node: TreeNode | undefined): DirectoryNode {
  if (node === undefined) throw new Errno(errno.ENOENT);
  if (node.kind !== "directory") throw new Errno(errno.ENOTDIR);
  return node;
}

export function touch(node: TreeNode): void {
  node.mtimeMs = node.ctimeMs = Date.now();
}
