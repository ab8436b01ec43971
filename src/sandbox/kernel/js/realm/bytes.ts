import {
  ArrayBufferOf,
  Bytes,
  bufferByteLength,
  dataViewBuffer,
  dataViewByteLength,
  dataViewOffset,
  isBranded,
  setBytes,
  sharedByteLength,
  TypeErrorOf,
  viewBuffer,
  viewByteLength,
  viewKind,
  viewOffset,
} from "./primordials.ts";

/** Whether a value is a buffer or a view of one. */
export const isBufferSource = (value: unknown): boolean =>
  viewKind(value) !== undefined ||
  isBranded(bufferByteLength, value) ||
  isBranded(dataViewBuffer, value) ||
  isBranded(sharedByteLength, value);

/** The bytes of a buffer or view, in place; those of a shared buffer as a copy, since few functions take them. */
export function bytesOf(source: unknown): Uint8Array {
  if (viewKind(source) !== undefined) {
    return unshared(viewBuffer(source), viewOffset(source) as number, viewByteLength(source) as number);
  }
  if (isBranded(dataViewBuffer, source)) {
    const length = dataViewByteLength(source) as number;
    return unshared(dataViewBuffer(source), dataViewOffset(source) as number, length);
  }
  if (isBranded(bufferByteLength, source)) return unshared(source, 0, bufferByteLength(source) as number);
  if (isBranded(sharedByteLength, source)) return unshared(source, 0, sharedByteLength(source) as number);
  throw new TypeErrorOf("An ArrayBuffer or a view of one was expected.");
}

function unshared(buffer: unknown, offset: number, length: number): Uint8Array {
  const bytes = new Bytes(buffer as ArrayBuffer, offset, length);
  return isBranded(bufferByteLength, buffer) ? bytes : copyBytes(bytes);
}

export function copyBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Bytes(new ArrayBufferOf(viewByteLength(bytes) as number));
  setBytes(copy, bytes);
  return copy;
}
