import { type GuestMemory, u32, u64 } from "../guest-memory.ts";
import type { WasiContext } from "./context.ts";
import { type Descriptor, type DirectoryDescriptor, type FileDescriptor, fdFlags } from "./descriptors.ts";
import { errno, refuseWith } from "./errno.ts";
import type { FileNode } from "./files.ts";
import { filetypeOf, putFdstat, putFilestat } from "./stat.ts";
import { setTimes } from "./times.ts";

const whence = { set: 0, current: 1, end: 2 } as const;
const direntBytes = 24;
/** Output is handed on in pieces of this size, so that the limit on it is met before much of it was made. */
const outputBytesPerWrite = 65_536;
/** No file comes near it, and all numbers up to it are exact. */
const offsetMax = BigInt(Number.MAX_SAFE_INTEGER);

/** The system calls on what is open. */
export function fdCalls(context: WasiContext) {
  const { memory, descriptors, files } = context;
  return {
    fd_advise: (fd: unknown) => void descriptors.file(u32(fd)),
    fd_allocate: () => refuseWith(errno.notSupported),
    fd_close: (fd: unknown) => descriptors.close(u32(fd)),
    fd_datasync: (fd: unknown) => void descriptors.get(u32(fd)),
    fd_sync: (fd: unknown) => void descriptors.get(u32(fd)),
    fd_renumber: (from: unknown, to: unknown) => descriptors.renumber(u32(from), u32(to)),

    fd_fdstat_get: (fd: unknown, target: unknown) => putFdstat(memory, u32(target), descriptors.get(u32(fd))),
    fd_fdstat_set_flags(fd: unknown, flags: unknown) {
      const descriptor = descriptors.get(u32(fd));
      if (descriptor.kind === "file") descriptor.append = (u32(flags) & fdFlags.append) !== 0;
    },
    fd_fdstat_set_rights: (fd: unknown) => void descriptors.get(u32(fd)),

    fd_filestat_get: (fd: unknown, target: unknown) =>
      putFilestat(memory, u32(target), subjectOf(descriptors.get(u32(fd)))),
    fd_filestat_set_size(fd: unknown, size: unknown) {
      files.truncate(writable(descriptors.file(u32(fd))), offset(size));
    },
    fd_filestat_set_times(fd: unknown, accessed: unknown, modified: unknown, flags: unknown) {
      const subject = subjectOf(descriptors.get(u32(fd)));
      if (subject === "stream") refuseWith(errno.badFd);
      setTimes(subject, u64(accessed), u64(modified), u32(flags));
    },

    fd_read(fd: unknown, vectors: unknown, count: unknown, readAt: unknown) {
      const descriptor = descriptors.get(u32(fd));
      let sum = 0;
      for (const target of vectorsAt(memory, u32(vectors), u32(count))) {
        const got = readSome(descriptor, target);
        sum += got;
        if (got < target.length) break;
      }
      memory.setU32(u32(readAt), sum);
    },
    fd_pread(fd: unknown, vectors: unknown, count: unknown, from: unknown, readAt: unknown) {
      const descriptor = readable(descriptors.file(u32(fd)));
      let at = offset(from);
      let sum = 0;
      for (const target of vectorsAt(memory, u32(vectors), u32(count))) {
        const got = descriptor.file.read(at, target);
        at += got;
        sum += got;
        if (got < target.length) break;
      }
      memory.setU32(u32(readAt), sum);
    },
    fd_write(fd: unknown, vectors: unknown, count: unknown, writtenAt: unknown) {
      const descriptor = descriptors.get(u32(fd));
      let sum = 0;
      for (const source of vectorsAt(memory, u32(vectors), u32(count))) {
        writeAll(context, descriptor, source);
        sum += source.length;
      }
      memory.setU32(u32(writtenAt), sum);
    },
    fd_pwrite(fd: unknown, vectors: unknown, count: unknown, to: unknown, writtenAt: unknown) {
      const file = writable(descriptors.file(u32(fd)));
      let at = offset(to);
      let sum = 0;
      for (const source of vectorsAt(memory, u32(vectors), u32(count))) {
        files.write(file, at, source);
        at += source.length;
        sum += source.length;
      }
      memory.setU32(u32(writtenAt), sum);
    },

    fd_seek(fd: unknown, by: unknown, from: unknown, target: unknown) {
      const descriptor = descriptors.file(u32(fd));
      descriptor.at = soughtOffset(descriptor, BigInt.asIntN(64, u64(by)), u32(from));
      memory.setU64(u32(target), BigInt(descriptor.at));
    },
    fd_tell(fd: unknown, target: unknown) {
      memory.setU64(u32(target), BigInt(descriptors.file(u32(fd)).at));
    },

    fd_prestat_get(fd: unknown, target: unknown) {
      memory.view(u32(target), 8).setUint32(u32(target), 0, true);
      memory.setU32(u32(target) + 4, preopenedName(descriptors.get(u32(fd))).length);
    },
    fd_prestat_dir_name(fd: unknown, target: unknown, length: unknown) {
      const name = preopenedName(descriptors.get(u32(fd)));
      if (u32(length) < name.length) refuseWith(errno.nameTooLong);
      memory.bytes(u32(target), name.length).set(name);
    },
    fd_readdir(fd: unknown, target: unknown, length: unknown, cookie: unknown, usedAt: unknown) {
      const descriptor = descriptors.directory(u32(fd));
      const used = list(descriptor, memory.bytes(u32(target), u32(length)), u64(cookie));
      memory.setU32(u32(usedAt), used);
    },
  };
}

function offset(value: unknown): number {
  const wanted = u64(value);
  return wanted > offsetMax ? refuseWith(errno.tooBig) : Number(wanted);
}

function soughtOffset(descriptor: FileDescriptor, by: bigint, from: number): number {
  let base: number;
  if (from === whence.set) base = 0;
  else if (from === whence.current) base = descriptor.at;
  else if (from === whence.end) base = descriptor.file.size;
  else return refuseWith(errno.invalid);
  const sought = BigInt(base) + by;
  return sought < 0n || sought > offsetMax ? refuseWith(errno.invalid) : Number(sought);
}

function subjectOf(descriptor: Descriptor) {
  if (descriptor.kind === "file") return descriptor.file;
  return descriptor.kind === "directory" ? descriptor.directory : "stream";
}

function readable(descriptor: FileDescriptor): FileDescriptor {
  return descriptor.readable ? descriptor : refuseWith(errno.badFd);
}

function writable(descriptor: FileDescriptor): FileNode {
  return descriptor.writable ? descriptor.file : refuseWith(errno.badFd);
}

/** Each buffer of a scatter or gather list in turn. */
function* vectorsAt(memory: GuestMemory, at: number, count: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let n = 0; n < count; n++) {
    const length = memory.getU32(at + 8 * n + 4);
    if (length > 0) yield memory.bytes(memory.getU32(at + 8 * n), length);
  }
}

function readSome(descriptor: Descriptor, target: Uint8Array): number {
  if (descriptor.kind === "input") {
    const part = descriptor.bytes.subarray(descriptor.at, descriptor.at + target.length);
    target.set(part);
    descriptor.at += part.length;
    return part.length;
  }
  if (descriptor.kind === "directory") return refuseWith(errno.isDirectory);
  if (descriptor.kind === "output") return refuseWith(errno.badFd);
  const got = readable(descriptor).file.read(descriptor.at, target);
  descriptor.at += got;
  return got;
}

function writeAll(context: WasiContext, descriptor: Descriptor, source: Uint8Array<ArrayBuffer>): void {
  if (descriptor.kind === "output") {
    for (let at = 0; at < source.length; at += outputBytesPerWrite) {
      context.host.write(descriptor.stream, source.subarray(at, at + outputBytesPerWrite));
    }
    return;
  }
  if (descriptor.kind !== "file") refuseWith(errno.badFd);
  const file = writable(descriptor);
  if (descriptor.append) descriptor.at = file.size;
  context.files.write(file, descriptor.at, source);
  descriptor.at += source.length;
}

function preopenedName(descriptor: Descriptor): Uint8Array {
  if (descriptor.kind !== "directory" || descriptor.preopenedAs === undefined) return refuseWith(errno.badFd);
  return new TextEncoder().encode(descriptor.preopenedAs);
}

/**
 * Fills the target with directory entries from the cookie on. The last may be cut off: by a full target the program
 * knows that there is more.
 */
function list(descriptor: DirectoryDescriptor, target: Uint8Array<ArrayBuffer>, cookie: bigint): number {
  const { directory } = descriptor;
  if (cookie === 0n) {
    descriptor.listing = [[".", directory], ["..", directory.parent], ...directory.entries];
  }
  let used = 0;
  const first = cookie > BigInt(descriptor.listing.length) ? descriptor.listing.length : Number(cookie);
  for (let index = first; index < descriptor.listing.length && used < target.length; index++) {
    const entry = descriptor.listing[index];
    if (!entry) break;
    const [name, node] = entry;
    const nameBytes = new TextEncoder().encode(name);
    const dirent = new Uint8Array(direntBytes + nameBytes.length);
    const view = new DataView(dirent.buffer);
    view.setBigUint64(0, BigInt(index + 1), true);
    view.setBigUint64(8, node.inode, true);
    view.setUint32(16, nameBytes.length, true);
    view.setUint8(20, filetypeOf(node));
    dirent.set(nameBytes, direntBytes);
    const part = dirent.subarray(0, target.length - used);
    target.set(part, used);
    used += part.length;
  }
  return used;
}
