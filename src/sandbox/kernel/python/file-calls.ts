import { Errno, errno } from "./errno.ts";
import { type FileCallTarget, negateErrors, nodeFinder, workingDirectoryFd } from "./system-call.ts";
import { fileType } from "./tree-node.ts";

const atRemoveDirectory = 0x200;

/** Calls that open, make, move and remove what has a name. */
export function fileCalls(target: FileCallTarget): Record<string, WebAssembly.HostFunction> {
  const { memory } = target;
  const path = (address: number) => memory.readString(address);
  const nodeAt = nodeFinder(target);
  return negateErrors({
    __syscall_openat: (fd: number, name: number, flags: number, varargs: number) =>
      target.descriptors.open(fd, path(name), flags, varargs === 0 ? 0 : memory.readWord(varargs)),
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
  });
}
