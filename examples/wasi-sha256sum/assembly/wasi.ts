// AssemblyScript. The few calls of WASI preview 1 that the program needs, and what it makes of them.

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, bytes: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(pointers: usize, bytes: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: i32, vectors: usize, count: i32, read: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: i32, vectors: usize, count: i32, written: usize): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: i32): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(
  directory: i32,
  lookup: i32,
  path: usize,
  length: i32,
  openFlags: i32,
  rights: i64,
  inheriting: i64,
  fdFlags: i32,
  opened: usize,
): i32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: i32): void;

export const stdin = 0;
export const stdout = 1;
export const stderr = 2;
/** The first directory that a program is given: here the root of its file system. */
const root = 3;
const rightToRead: i64 = 2;

const one = memory.data(4);
const two = memory.data(4);
const vector = memory.data(8);

export function args(): string[] {
  args_sizes_get(one, two);
  const count = load<i32>(one);
  const pointers = new ArrayBuffer(count * 4);
  const bytes = new ArrayBuffer(load<i32>(two));
  args_get(changetype<usize>(pointers), changetype<usize>(bytes));
  const list: string[] = [];
  for (let index = 0; index < count; index++) {
    const at = load<u32>(changetype<usize>(pointers) + index * 4);
    list.push(String.UTF8.decodeUnsafe(at, changetype<usize>(bytes) + bytes.byteLength - at, true));
  }
  return list;
}

/** The descriptor of a file, or -1. */
export function open(path: string): i32 {
  const name = String.UTF8.encode(path);
  const error = path_open(root, 1, changetype<usize>(name), name.byteLength, 0, rightToRead, 0, 0, one);
  return error == 0 ? load<i32>(one) : -1;
}

/** Fills the buffer; answers how many bytes came, 0 at the end, -1 if it can't be read. */
export function read(fd: i32, buffer: ArrayBuffer): i32 {
  store<usize>(vector, changetype<usize>(buffer));
  store<i32>(vector + 4, buffer.byteLength);
  return fd_read(fd, vector, 1, one) == 0 ? load<i32>(one) : -1;
}

export function print(fd: i32, text: string): void {
  const bytes = String.UTF8.encode(text);
  store<usize>(vector, changetype<usize>(bytes));
  store<i32>(vector + 4, bytes.byteLength);
  fd_write(fd, vector, 1, one);
}

export function close(fd: i32): void {
  fd_close(fd);
}

export function exit(code: i32): void {
  proc_exit(code);
}
