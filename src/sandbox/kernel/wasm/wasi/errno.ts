/** The error numbers of WASI preview 1 that are answered here. */
export const errno = {
  success: 0,
  badFd: 8,
  exists: 20,
  fault: 21,
  tooBig: 22,
  illegalBytes: 25,
  invalid: 28,
  isDirectory: 31,
  tooManyFiles: 33,
  nameTooLong: 37,
  noEntry: 44,
  noSpace: 51,
  noSystem: 52,
  notDirectory: 54,
  notEmpty: 55,
  notSocket: 57,
  notSupported: 58,
  notPermitted: 63,
  notSeekable: 70,
} as const;
export type Errno = (typeof errno)[keyof typeof errno];

/** How a call inside of the WASI layer refuses; the guest gets the number. */
export class WasiError extends Error {
  readonly errno: Errno;

  constructor(number: Errno) {
    super(`errno ${number}`);
    this.errno = number;
  }
}

export function refuseWith(number: Errno): never {
  throw new WasiError(number);
}
