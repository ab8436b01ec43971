import { copyBytes } from "./bytes.ts";
import { domException } from "./dom-exception.ts";
import {
  Bytes,
  bufferByteLength,
  construct,
  DateOf,
  dataViewBuffer,
  dataViewByteLength,
  dataViewOffset,
  defineProperty,
  descends,
  ErrorOf,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  isBranded,
  isObject,
  iterator,
  keys,
  MapOf,
  mapForEach,
  mapGet,
  mapSet,
  mapSize,
  push,
  SetOf,
  StringOf,
  setAdd,
  setForEach,
  setHas,
  setSize,
  sharedByteLength,
  tagOf,
  uncurry,
  viewBuffer,
  viewKind,
  viewLength,
  viewOffset,
} from "./primordials.ts";

const getTime = uncurry<unknown, [], number>(Date.prototype.getTime);
const unbox = [
  uncurry<unknown, [], unknown>(Number.prototype.valueOf),
  uncurry<unknown, [], unknown>(String.prototype.valueOf),
  uncurry<unknown, [], unknown>(Boolean.prototype.valueOf),
  uncurry<unknown, [], unknown>(BigInt.prototype.valueOf),
];
const transferBuffer = uncurry<ArrayBuffer, [], ArrayBuffer>(ArrayBuffer.prototype.transfer);
const ObjectOf = Object;
const RegExpOf = RegExp;
const DataViewOf = DataView;
const errorKinds: Readonly<Record<string, ErrorConstructor>> = {
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
};
type ViewConstructor = new (buffer: ArrayBuffer, offset: number, length: number) => object;
const viewKinds: Readonly<Record<string, ViewConstructor>> = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Float32Array,
  Float64Array,
};

/** `structuredClone` of HTML, with what a realm has: no ports, streams or images. */
export function structuredClone(value: unknown, options?: unknown): unknown {
  const memory = new MapOf<object, object>();
  const moved = new SetOf<object>();
  const transfer: unknown = isObject(options) ? (options as { transfer?: unknown }).transfer : undefined;
  const buffers: ArrayBuffer[] = [];
  if (isObject(transfer) && iterator in transfer) {
    for (const item of transfer as Iterable<unknown>) {
      if (!isBranded(bufferByteLength, item) || setHas(moved, item)) {
        throw domException("Only array buffers can be transferred, and each once.", "DataCloneError");
      }
      setAdd(moved, item);
      push(buffers, item);
    }
  }
  // Clones first and detaches after: a failure must leave the originals whole.
  const clone = cloneValue(value, { memory, moved });
  for (let index = 0; index < buffers.length; index++) transferBuffer(buffers[index] as ArrayBuffer);
  return clone;
}

interface Cloning {
  readonly memory: Map<object, object>;
  readonly moved: Set<object>;
}

function cloneValue(value: unknown, cloning: Cloning): unknown {
  if (typeof value === "symbol") throw notCloneable(StringOf(value));
  if (!isObject(value)) return value;
  const known = mapGet(cloning.memory, value);
  if (known !== undefined) return known;
  if (typeof value === "function") throw notCloneable("A function");
  const clone = emptyClone(value, cloning);
  mapSet(cloning.memory, value, clone);
  fill(value, clone, cloning);
  return clone;
}

const notCloneable = (what: string) => domException(`${what} could not be cloned.`, "DataCloneError");

/** The clone before anything is in it, so that what points back at it can be cloned. */
function emptyClone(value: object, cloning: Cloning): object {
  if (isArray(value)) {
    const list: unknown[] = [];
    list.length = value.length;
    return list;
  }
  if (isBranded(mapSize, value)) return new MapOf();
  if (isBranded(setSize, value)) return new SetOf();
  if (isBranded(getTime, value)) return new DateOf(getTime(value));
  if (descends(value, ErrorOf.prototype)) return cloneError(value as Error, cloning);
  if (tagOf(value) === "[object RegExp]" && descends(value, RegExpOf.prototype)) {
    return new RegExpOf((value as RegExp).source, (value as RegExp).flags);
  }
  for (let index = 0; index < unbox.length; index++) {
    const read = unbox[index] as (self: unknown) => unknown;
    if (isBranded(read, value)) return ObjectOf(read(value)) as object;
  }
  if (isBranded(bufferByteLength, value)) return copyBytes(new Bytes(value as ArrayBuffer)).buffer;
  if (isBranded(sharedByteLength, value)) return value;
  const view = cloneView(value, cloning);
  if (view) return view;
  const isOther = descends(value, PromisePrototype) || isWeak(value);
  if (isOther) throw notCloneable(tagOf(value));
  return {};
}

const PromisePrototype = Promise.prototype;
const weakPrototypes: readonly object[] = [WeakMap.prototype, WeakSet.prototype, WeakRef.prototype];
const isWeak = (value: object): boolean => {
  for (let index = 0; index < weakPrototypes.length; index++) {
    if (descends(value, weakPrototypes[index] as object)) return true;
  }
  return false;
};

function cloneView(value: object, cloning: Cloning): object | undefined {
  const kind = viewKind(value);
  const View = typeof kind === "string" ? viewKinds[kind] : undefined;
  if (View) {
    const buffer = cloneValue(viewBuffer(value), cloning) as ArrayBuffer;
    return construct(View, [buffer, viewOffset(value), viewLength(value)]) as object;
  }
  if (!isBranded(dataViewBuffer, value)) return undefined;
  const buffer = cloneValue(dataViewBuffer(value), cloning) as ArrayBuffer;
  return construct(DataViewOf, [buffer, dataViewOffset(value), dataViewByteLength(value)]) as object;
}

function cloneError(error: Error, cloning: Cloning): Error {
  const Kind = errorKinds[StringOf(error.name)] ?? ErrorOf;
  const clone = new Kind();
  const put = (key: string, value: unknown) =>
    defineProperty(clone, key, { value, writable: true, enumerable: false, configurable: true });
  const message = getOwnPropertyDescriptor(error, "message");
  if (message && "value" in message) put("message", StringOf(message.value));
  if (typeof error.stack === "string") put("stack", error.stack);
  if (hasOwn(error, "cause")) {
    mapSet(cloning.memory, error, clone);
    put("cause", cloneValue(error.cause, cloning));
  }
  return clone;
}

function fill(value: object, clone: object, cloning: Cloning): void {
  if (isBranded(mapSize, value)) {
    mapForEach(value as Map<unknown, unknown>, (item, key) => {
      mapSet(clone as Map<unknown, unknown>, cloneValue(key, cloning), cloneValue(item, cloning));
    });
    return;
  }
  if (isBranded(setSize, value)) {
    setForEach(value as Set<unknown>, (item) => {
      setAdd(clone as Set<unknown>, cloneValue(item, cloning));
    });
    return;
  }
  if (!isArray(value) && tagOf(clone) !== "[object Object]") return;
  const names = keys(value);
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    if (!hasOwn(value, name)) continue;
    const item = cloneValue((value as Record<string, unknown>)[name], cloning);
    defineProperty(clone, name, { value: item, writable: true, enumerable: true, configurable: true });
  }
}
