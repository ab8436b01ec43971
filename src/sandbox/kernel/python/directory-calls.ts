import { Errno, errno } from "./errno.ts";
import { type FileCallTarget, negateErrors, nodeFinder, workingDirectoryFd } from "./system-call.ts";
import { asDirectory } from "./tree-node.ts";

const direntBytes = 280;
const direntNameAt = 19;

/** Calls about the working directory, and the one that lists a directory. */
export function directoryCalls(target: FileCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const nodeAt = nodeFinder(target);
  return negateErrors({
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
