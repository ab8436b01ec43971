import type { GuestMemory } from "../guest-memory.ts";
import { type Descriptor, fdFlags, filetypes } from "./descriptors.ts";
import { type DirectoryNode, FileNode } from "./files.ts";

/** All rights that preview 1 knows; who may do what is decided by what a descriptor is and how it was opened. */
const allRights = (1n << 30n) - 1n;
const rights = { read: 1n << 1n, seek: 1n << 2n, tell: 1n << 5n, write: 1n << 6n } as const;

const filestatBytes = 64;
const fdstatBytes = 24;

export function filetypeOf(node: FileNode | DirectoryNode): number {
  return node instanceof FileNode ? filetypes.regular : filetypes.directory;
}

/** Writes a `filestat`. Standard streams have neither size nor times. */
export function putFilestat(
  memory: GuestMemory,
  at: number,
  subject: FileNode | DirectoryNode | "stream",
): void {
  memory.bytes(at, filestatBytes).fill(0);
  const view = memory.view(at, filestatBytes);
  if (subject === "stream") {
    view.setUint8(at + 16, filetypes.character);
    return;
  }
  view.setBigUint64(at + 8, subject.inode, true);
  view.setUint8(at + 16, filetypeOf(subject));
  view.setBigUint64(at + 24, BigInt(subject instanceof FileNode ? subject.links : 1), true);
  view.setBigUint64(at + 32, BigInt(subject instanceof FileNode ? subject.size : 0), true);
  view.setBigUint64(at + 40, subject.accessedAt, true);
  view.setBigUint64(at + 48, subject.modifiedAt, true);
  view.setBigUint64(at + 56, subject.modifiedAt, true);
}

/**
 * Writes an `fdstat`. Output is a character device that can't seek: by that C libraries know to write line by line, and
 * what a program prints is seen while it runs.
 */
export function putFdstat(memory: GuestMemory, at: number, descriptor: Descriptor): void {
  memory.bytes(at, fdstatBytes).fill(0);
  const view = memory.view(at, fdstatBytes);
  view.setUint8(at, fdFiletype(descriptor));
  view.setUint16(at + 2, descriptor.kind === "file" && descriptor.append ? fdFlags.append : 0, true);
  view.setBigUint64(at + 8, fdRights(descriptor), true);
  view.setBigUint64(at + 16, descriptor.kind === "directory" ? allRights : 0n, true);
}

function fdFiletype(descriptor: Descriptor): number {
  switch (descriptor.kind) {
    case "input":
      return filetypes.unknown;
    case "output":
      return filetypes.character;
    case "file":
      return filetypes.regular;
    case "directory":
      return filetypes.directory;
  }
}

function fdRights(descriptor: Descriptor): bigint {
  const unseekable = allRights & ~rights.seek & ~rights.tell;
  switch (descriptor.kind) {
    case "input":
      return unseekable & ~rights.write;
    case "output":
      return unseekable & ~rights.read;
    case "file":
      return (
        allRights &
        (descriptor.readable ? allRights : ~rights.read) &
        (descriptor.writable ? allRights : ~rights.write)
      );
    case "directory":
      return allRights;
  }
}
