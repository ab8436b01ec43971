import {
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isObject,
  ownKeys,
  push,
  SetOf,
  setAdd,
  setHas,
} from "./primordials.ts";

/**
 * The built-ins that guest code may add to and replace within a task, as polyfills do; each with its `prototype`. All
 * else that a realm is born with is frozen, so that it needs no proof.
 */
export const openNames = [
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

/**
 * The open objects in an order that is the same in every realm. What others inherit from comes before them: the proof
 * reads properties in this order, and must not run a getter that a guest has put above one that it deleted.
 */
export function openObjects(): object[] {
  const objects: object[] = [];
  const added = new SetOf<object>();
  const add = (value: unknown) => {
    if (!isObject(value) || setHas(added, value)) return;
    setAdd(added, value);
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

/** Every object that a guest can reach in a new realm. */
export function everyObject(): Set<object> {
  const seen = new SetOf<object>();
  const queue: object[] = [];
  const add = (value: unknown) => {
    if (!isObject(value) || setHas(seen, value)) return;
    setAdd(seen, value);
    push(queue, value);
  };
  add(globalThis);
  const roots = hiddenRoots();
  for (let index = 0; index < roots.length; index++) add(roots[index]);
  for (let index = 0; index < queue.length; index++) {
    const object = queue[index] as object;
    add(getPrototypeOf(object));
    const names = ownKeys(object);
    for (let at = 0; at < names.length; at++) {
      const descriptor = getOwnPropertyDescriptor(object, names[at] as PropertyKey);
      add(descriptor?.value);
      add(descriptor?.get);
      add(descriptor?.set);
    }
  }
  return seen;
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
