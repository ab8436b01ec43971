import { u32, u64 } from "../guest-memory.ts";
import type { WasiContext } from "./context.ts";
import { fdFlags } from "./descriptors.ts";
import { errno, refuseWith } from "./errno.ts";
import { DirectoryNode, FileNode, type Place } from "./files.ts";
import { putFilestat } from "./stat.ts";
import { setTimes } from "./times.ts";

const openFlags = { create: 1, directory: 2, exclusive: 4, truncate: 8 } as const;
const rights = { read: 1n << 1n, write: 1n << 6n, readDirectory: 1n << 14n } as const;

/** The system calls on names. */
export function pathCalls(context: WasiContext) {
  const { memory, files } = context;

  const place = (fd: unknown, path: unknown, length: unknown): Place =>
    files.find(context.descriptors.directory(u32(fd)).directory, context.path(u32(path), u32(length)));
  const node = (fd: unknown, path: unknown, length: unknown): FileNode | DirectoryNode =>
    files.lookUp(context.descriptors.directory(u32(fd)).directory, context.path(u32(path), u32(length)));

  return {
    path_create_directory(fd: unknown, path: unknown, length: unknown) {
      files.createDirectory(place(fd, path, length));
    },
    path_filestat_get(fd: unknown, _follow: unknown, path: unknown, length: unknown, target: unknown) {
      putFilestat(memory, u32(target), node(fd, path, length));
    },
    path_filestat_set_times(
      fd: unknown,
      _follow: unknown,
      path: unknown,
      length: unknown,
      accessed: unknown,
      modified: unknown,
      flags: unknown,
    ) {
      setTimes(node(fd, path, length), u64(accessed), u64(modified), u32(flags));
    },
    path_link(
      fromFd: unknown,
      _follow: unknown,
      from: unknown,
      fromLength: unknown,
      toFd: unknown,
      to: unknown,
      toLength: unknown,
    ) {
      const file = node(fromFd, from, fromLength);
      if (!(file instanceof FileNode)) refuseWith(errno.notPermitted);
      files.link(file, place(toFd, to, toLength));
    },
    path_open(
      fd: unknown,
      _follow: unknown,
      path: unknown,
      length: unknown,
      flags: unknown,
      wantedRights: unknown,
      _inherited: unknown,
      fdflags: unknown,
      target: unknown,
    ) {
      // Checked first: a descriptor that nobody learns of would stay open.
      memory.bytes(u32(target), 4);
      const opened = open(context, place(fd, path, length), u32(flags), u64(wantedRights), u32(fdflags));
      memory.setU32(u32(target), opened);
    },
    path_readlink(fd: unknown, path: unknown, length: unknown) {
      node(fd, path, length);
      refuseWith(errno.invalid);
    },
    path_remove_directory(fd: unknown, path: unknown, length: unknown) {
      files.removeDirectory(place(fd, path, length));
    },
    path_rename(
      fromFd: unknown,
      from: unknown,
      fromLength: unknown,
      toFd: unknown,
      to: unknown,
      toLength: unknown,
    ) {
      files.rename(place(fromFd, from, fromLength), place(toFd, to, toLength));
    },
    path_symlink: () => refuseWith(errno.notSupported),
    path_unlink_file(fd: unknown, path: unknown, length: unknown) {
      files.unlink(place(fd, path, length));
    },
  };
}

function open(context: WasiContext, place: Place, flags: number, wanted: bigint, fdflags: number): number {
  const { files, descriptors } = context;
  let { node } = place;
  if (node) {
    if (flags & openFlags.create && flags & openFlags.exclusive) refuseWith(errno.exists);
  } else {
    if (!(flags & openFlags.create)) refuseWith(errno.noEntry);
    if (flags & openFlags.directory) refuseWith(errno.invalid);
    node = files.createFile(place);
  }
  if (node instanceof DirectoryNode) {
    if (wanted & rights.write && !(wanted & rights.readDirectory)) refuseWith(errno.isDirectory);
    return descriptors.open({ kind: "directory", directory: node, preopenedAs: undefined, listing: [] });
  }
  if (flags & openFlags.directory || place.wantsDirectory) refuseWith(errno.notDirectory);
  const writable = (wanted & rights.write) !== 0n;
  const fd = context.openFile(node, {
    readable: (wanted & rights.read) !== 0n,
    writable,
    append: (fdflags & fdFlags.append) !== 0,
  });
  if (flags & openFlags.truncate) files.truncate(node, 0);
  return fd;
}
