/**
 * Thrown by file operations and turned into a return value at the edge of a system call. Deliberately not an Error: a
 * failed lookup is ordinary here, an import tries several, and a stack would cost more than the lookup.
 */
export class Errno {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Error numbers as the interpreter's C library knows them: WASI's (wasi-libc, `__errno_values.h`). */
export const errno = {
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EFBIG: 22,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENODEV: 43,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOSYS: 52,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  ENOTTY: 59,
  EOVERFLOW: 61,
  EPERM: 63,
  ERANGE: 68,
  EROFS: 69,
  ESPIPE: 70,
  EXDEV: 75,
} as const;
