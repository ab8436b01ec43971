import type { OutputStream } from "../../../../protocol/output.ts";
import { errno, refuseWith } from "./errno.ts";
import type { DirectoryNode, FileNode } from "./files.ts";

export const filetypes = { unknown: 0, character: 2, directory: 3, regular: 4 } as const;

export const fdFlags = { append: 1 } as const;

/** An open thing, as a program's descriptor names it. */
export type Descriptor = InputDescriptor | OutputDescriptor | FileDescriptor | DirectoryDescriptor;

export interface InputDescriptor {
  kind: "input";
  bytes: Uint8Array;
  at: number;
}

export interface OutputDescriptor {
  kind: "output";
  stream: OutputStream;
}

export interface FileDescriptor {
  kind: "file";
  file: FileNode;
  at: number;
  readable: boolean;
  writable: boolean;
  append: boolean;
}

export interface DirectoryDescriptor {
  kind: "directory";
  directory: DirectoryNode;
  /** Where it was found at the start, for the one that is open from the start. */
  preopenedAs: string | undefined;
  /** What a listing under way goes by: later changes don't move what was not listed yet. */
  listing: [name: string, node: FileNode | DirectoryNode][];
}

const descriptorsMax = 1024;

/** What a program has open. Numbers are given out from the lowest that is free, as in POSIX. */
export class Descriptors {
  readonly #open = new Map<number, Descriptor>();
  /** Called with each that is closed. */
  readonly #onClose: (descriptor: Descriptor) => void;

  constructor(initial: Descriptor[], onClose: (descriptor: Descriptor) => void) {
    for (const [fd, descriptor] of initial.entries()) this.#open.set(fd, descriptor);
    this.#onClose = onClose;
  }

  has(fd: number): boolean {
    return this.#open.has(fd);
  }

  get(fd: number): Descriptor {
    return this.#open.get(fd) ?? refuseWith(errno.badFd);
  }

  file(fd: number): FileDescriptor {
    const descriptor = this.get(fd);
    if (descriptor.kind === "file") return descriptor;
    return refuseWith(descriptor.kind === "directory" ? errno.badFd : errno.notSeekable);
  }

  directory(fd: number): DirectoryDescriptor {
    const descriptor = this.get(fd);
    return descriptor.kind === "directory" ? descriptor : refuseWith(errno.notDirectory);
  }

  open(descriptor: Descriptor): number {
    if (this.#open.size >= descriptorsMax) refuseWith(errno.tooManyFiles);
    let fd = 0;
    while (this.#open.has(fd)) fd++;
    this.#open.set(fd, descriptor);
    return fd;
  }

  close(fd: number): void {
    const descriptor = this.get(fd);
    this.#open.delete(fd);
    this.#onClose(descriptor);
  }

  /** Makes `to`, which has to be open, another name of what `from` names; `from` is closed. */
  renumber(from: number, to: number): void {
    const descriptor = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#open.delete(from);
    this.#open.set(to, descriptor);
  }
}
