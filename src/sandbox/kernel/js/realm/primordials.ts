/**
 * The realm's built-ins as they were before any guest code ran. The prelude uses these alone in whatever runs later, so
 * that a guest who replaces `Array.prototype.push` harms nobody but itself.
 */

type Uncurry = <Self, Args extends readonly unknown[], Result>(
  method: (...args: Args) => Result,
) => (self: Self, ...args: Args) => Result;

const { bind, call } = Function.prototype;

/** Makes of a method a function that takes `this` first. TypeScript has no words for what `bind.bind(call)` does. */
export const uncurry = bind.bind(call) as unknown as Uncurry;

export const {
  apply,
  construct,
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  ownKeys,
} = Reflect;
export const { isExtensible, set: setProperty, setPrototypeOf } = Reflect;
export const { getOwnPropertySymbols: symbolsOf } = Object;
export const { freeze, isFrozen, keys, hasOwn, is: isSame } = Object;
export const { isArray } = Array;
export const { parse: parseJson, stringify: stringifyJson } = JSON;
export const { isInteger } = Number;
export const { min, max, trunc, round, sqrt, floor } = Math;
// biome-ignore lint/security/noGlobalEval: a realm exists to evaluate what guests write; its seal is the process.
export const evaluate: (source: string) => unknown = globalThis.eval;
export const StringOf = String;
export const NumberOf = Number;
export const PromiseOf = Promise;
export const MapOf = Map;
export const SetOf = Set;
export const DateOf = Date;
export const ErrorOf = Error;
export const TypeErrorOf = TypeError;
export const RangeErrorOf = RangeError;
export const ArrayBufferOf = ArrayBuffer;
export const Bytes = Uint8Array;
export const { iterator, toStringTag, hasInstance } = Symbol;

const precedes = uncurry<object, [object], boolean>(Object.prototype.isPrototypeOf);
export const isEnumerable = uncurry<object, [PropertyKey], boolean>(Object.prototype.propertyIsEnumerable);
export const tagOf = uncurry<unknown, [], string>(Object.prototype.toString);
export const sourceOf = uncurry<unknown, [], string>(Function.prototype.toString);

export const push = uncurry<unknown[], [unknown], number>(Array.prototype.push);
export const pop = uncurry<unknown[], [], unknown>(Array.prototype.pop);
export const join = uncurry<readonly unknown[], [string], string>(Array.prototype.join);
export const arraySlice = uncurry<readonly unknown[], [number, number?], unknown[]>(Array.prototype.slice);

export const indexOf = uncurry<string, [string, number?], number>(String.prototype.indexOf);
export const includes = uncurry<string, [string], boolean>(String.prototype.includes);
export const charCodeAt = uncurry<string, [number], number>(String.prototype.charCodeAt);
export const sliceText = uncurry<string, [number, number?], string>(String.prototype.slice);
export const splitText = uncurry<string, [string], string[]>(String.prototype.split);
export const padStart = uncurry<string, [number, string?], string>(String.prototype.padStart);
export const padEnd = uncurry<string, [number, string?], string>(String.prototype.padEnd);
export const repeat = uncurry<string, [number], string>(String.prototype.repeat);
export const startsWith = uncurry<string, [string], boolean>(String.prototype.startsWith);
export const toLowerCase = uncurry<string, [], string>(String.prototype.toLowerCase);
export const toWellFormed = uncurry<string, [], string>(String.prototype.toWellFormed);

export const promiseThen = uncurry<
  Promise<unknown>,
  [onFulfilled: (value: unknown) => void, onRejected?: (reason: unknown) => void],
  Promise<unknown>
>(Promise.prototype.then);

export const mapGet = uncurry<ReadonlyMap<unknown, unknown>, [unknown], unknown>(Map.prototype.get);
export const mapSet = uncurry<Map<unknown, unknown>, [unknown, unknown], unknown>(Map.prototype.set);
export const mapHas = uncurry<ReadonlyMap<unknown, unknown>, [unknown], boolean>(Map.prototype.has);
export const mapDelete = uncurry<Map<unknown, unknown>, [unknown], boolean>(Map.prototype.delete);
export const mapClear = uncurry<Map<unknown, unknown>, [], void>(Map.prototype.clear);
export const mapForEach = uncurry<
  ReadonlyMap<unknown, unknown>,
  [callback: (value: unknown, key: unknown) => void],
  void
>(Map.prototype.forEach);
export const setHas = uncurry<ReadonlySet<unknown>, [unknown], boolean>(Set.prototype.has);
export const setAdd = uncurry<Set<unknown>, [unknown], unknown>(Set.prototype.add);
export const setForEach = uncurry<ReadonlySet<unknown>, [callback: (value: unknown) => void], void>(
  Set.prototype.forEach,
);

function getterOf(owner: object, key: PropertyKey): (...args: []) => unknown {
  const getter = getOwnPropertyDescriptor(owner, key)?.get;
  if (!getter) throw new TypeErrorOf(`No getter for ${StringOf(key)}.`);
  return getter;
}

const typedArray: object = getPrototypeOf(Uint8Array.prototype) ?? {};

export const mapSize = uncurry<unknown, [], unknown>(getterOf(Map.prototype, "size"));
export const setSize = uncurry<unknown, [], unknown>(getterOf(Set.prototype, "size"));
export const viewKind = uncurry<unknown, [], unknown>(getterOf(typedArray, toStringTag));
export const viewBuffer = uncurry<unknown, [], unknown>(getterOf(typedArray, "buffer"));
export const viewOffset = uncurry<unknown, [], unknown>(getterOf(typedArray, "byteOffset"));
export const viewByteLength = uncurry<unknown, [], unknown>(getterOf(typedArray, "byteLength"));
export const viewLength = uncurry<unknown, [], unknown>(getterOf(typedArray, "length"));
export const dataViewBuffer = uncurry<unknown, [], unknown>(getterOf(DataView.prototype, "buffer"));
export const dataViewOffset = uncurry<unknown, [], unknown>(getterOf(DataView.prototype, "byteOffset"));
export const dataViewByteLength = uncurry<unknown, [], unknown>(getterOf(DataView.prototype, "byteLength"));
export const bufferByteLength = uncurry<unknown, [], unknown>(getterOf(ArrayBuffer.prototype, "byteLength"));
export const sharedByteLength = uncurry<unknown, [], unknown>(
  getterOf(SharedArrayBuffer.prototype, "byteLength"),
);
export const setBytes = uncurry<Uint8Array, [ArrayLike<number>, number?], void>(Uint8Array.prototype.set);

export const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** Whether `read`, a captured getter or method that checks its `this`, takes the value for one of its own. */
export function isBranded(read: (self: unknown) => unknown, value: unknown): boolean {
  try {
    read(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether a value inherits from a prototype, whatever `Symbol.hasInstance` says. */
export const descends = (value: unknown, prototype: object): value is object =>
  isObject(value) && precedes(prototype, value);
