import {
  freeze,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isFrozen,
  isObject,
  ownKeys,
  pop,
  push,
  SetOf,
  setAdd,
  setForEach,
  setHas,
} from "./primordials.ts";

/**
 * The built-ins that guest code may add to and replace within a task, as polyfills do; each with its `prototype`. All
 * else that a realm is born with is frozen, so that it needs no proof.
 */
const openNames = [
  "Object",
  "Function",
  "Array",
  "Number",
  "Boolean",
  "String",
  "Symbol",
  "BigInt",
  "Date",
  "Promise",
  "RegExp",
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "SuppressedError",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "WeakRef",
  "Iterator",
  "ArrayBuffer",
  "SharedArrayBuffer",
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
  "Float32Array",
  "Float64Array",
  "JSON",
  "Math",
  "Reflect",
  "Intl",
  "console",
] as const;

/** The open objects of this realm, once `openObjects` has found them. */
export const open = new SetOf<object>();

/**
 * Finds the open objects, in an order that is the same in every realm. What others inherit from comes before them: the proof
 * reads properties in this order, and must not run a getter that a guest has put above one that it deleted.
 */
export function openObjects(): object[] {
  const objects: object[] = [];
  const add = (value: unknown) => {
    if (!isObject(value) || setHas(open, value)) return;
    setAdd(open, value);
    push(objects, value);
  };
  add(Object.prototype);
  add(Function.prototype);
  const addWithPrototype = (holder: unknown) => {
    add(holder);
    if (isObject(holder)) add(getOwnPropertyDescriptor(holder, "prototype")?.value);
  };
  addWithPrototype(getPrototypeOf(Uint8Array));
  for (let index = 0; index < openNames.length; index++) {
    addWithPrototype(getOwnPropertyDescriptor(globalThis, openNames[index] as string)?.value);
  }
  add(globalThis);
  return objects;
}

/** Things that syntax or a call gives to guests although no property of the global object leads to them. */
function hiddenRoots(): unknown[] {
  const empty: unknown[] = [];
  const strictArguments = (function strict(this: unknown, ..._: unknown[]) {
    // biome-ignore lint/complexity/noArguments: its very kind of object is what is wanted.
    return arguments;
  })();
  return [
    function* () {},
    async () => {},
    async function* () {},
    (function* () {})(),
    (async function* () {})(),
    empty[Symbol.iterator](),
    new Map().entries(),
    new Set().entries(),
    ""[Symbol.iterator](),
    "a".matchAll(/a/g),
    Iterator.from({ next: () => ({ done: true, value: undefined }) }),
    empty.values().map((item) => item),
    strictArguments,
    errorWithoutFrames(),
  ];
}

/** Freezes what it is given, and all that leads to, as far as it is neither open nor frozen already. */
class Freezer {
  readonly #queue: object[] = [];
  readonly #add = (value: unknown): void => {
    if (!isObject(value) || isFrozen(value) || setHas(open, value)) return;
    freeze(value);
    push(this.#queue, value);
  };

  freeze(value: unknown): void {
    this.#add(value);
    for (let object = pop(this.#queue); object !== undefined; object = pop(this.#queue)) {
      this.freezeProperties(object as object);
    }
  }

  freezeProperties(object: object): void {
    this.#add(getPrototypeOf(object));
    const names = ownKeys(object);
    // Most objects are functions that have a length and a name and nothing else.
    if (typeof object === "function" && names.length === 2) return;
    for (let at = 0; at < names.length; at++) {
      const descriptor = getOwnPropertyDescriptor(object, names[at] as PropertyKey);
      this.#add(descriptor?.value);
      this.#add(descriptor?.get);
      this.#add(descriptor?.set);
    }
  }
}

/** Freezes a value and all that it leads to. */
export function freezeReachable(root: unknown): void {
  new Freezer().freeze(root);
}

/** Freezes everything that a guest can reach in a new realm but the open objects. */
export function freezeIntrinsics(): void {
  const freezer = new Freezer();
  setForEach(open, (object) => freezer.freezeProperties(object as object));
  const roots = hiddenRoots();
  for (let index = 0; index < roots.length; index++) freezer.freeze(roots[index]);
}

/** An error for its own sake. Deno looks for the source map of every frame's file, which takes 13 ms the first time. */
function errorWithoutFrames(): Error {
  const engine = Error as ErrorConstructor & { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  if (limit === undefined) return new Error("x");
  engine.stackTraceLimit = 0;
  const error = new Error("x");
  engine.stackTraceLimit = limit;
  return error;
}
