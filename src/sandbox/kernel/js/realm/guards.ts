import { open } from "./intrinsics.ts";
import {
  apply,
  defineProperty,
  deleteProperty,
  descends,
  getOwnPropertyDescriptor,
  isObject,
  PromiseOf,
  setHas,
  TypeErrorOf,
} from "./primordials.ts";
import type { Touch } from "./purity.ts";

type AnyFunction = (...args: unknown[]) => unknown;

/** Puts a function in the place of a built-in one, with its name, arity and look. */
function replace(holder: object, key: string, make: (native: AnyFunction) => AnyFunction): void {
  const descriptor = getOwnPropertyDescriptor(holder, key);
  const native: unknown = descriptor?.value;
  if (typeof native !== "function") return;
  const own = make(native as AnyFunction);
  defineProperty(own, "name", { value: native.name, configurable: true });
  defineProperty(own, "length", { value: native.length, configurable: true });
  defineProperty(holder, key, { ...descriptor, value: own });
}

/** A method that has no `prototype` and cannot be called with `new`, as those of the language. */
const method = (action: (self: unknown, args: unknown[]) => unknown): AnyFunction =>
  ({
    method(this: unknown, ...args: unknown[]) {
      return action(this, args);
    },
  }).method;

/**
 * Makes those functions tell when they work on an open object that can do what the proof does not look for: change a
 * property's accessors or attributes, add one that is not enumerable, or lend an object another prototype for a while
 * (by which `Intl.NumberFormat.call(object)` adds one). See `createPurity`.
 */
export function guardIntrinsics(touch: Touch): void {
  const watch = (target: unknown) => {
    if (setHas(open, target)) touch.touched = true;
  };
  const onArgument = (native: AnyFunction) =>
    method((self, args) => {
      watch(args[0]);
      return apply(native, self, args);
    });
  const onThis = (native: AnyFunction) =>
    method((self, args) => {
      watch(self);
      return apply(native, self, args);
    });
  replace(Object, "defineProperty", onArgument);
  replace(Object, "defineProperties", onArgument);
  replace(Reflect, "defineProperty", onArgument);
  replace(Object.prototype, "__defineGetter__", onThis);
  replace(Object.prototype, "__defineSetter__", onThis);
  replace(Object, "setPrototypeOf", onArgument);
  replace(Reflect, "setPrototypeOf", onArgument);
  replace(Error, "captureStackTrace", onArgument);
  guardProtoSetter(watch);
}

function guardProtoSetter(watch: (target: unknown) => void): void {
  const descriptor = getOwnPropertyDescriptor(Object.prototype, "__proto__");
  const native = descriptor?.set;
  if (!native) return;
  const { set } =
    getOwnPropertyDescriptor(
      {
        set __proto__(prototype: unknown) {
          watch(this);
          apply(native, this, [prototype]);
        },
      },
      "__proto__",
    ) ?? {};
  if (set) defineProperty(Object.prototype, "__proto__", { ...descriptor, set });
}

/** Makes the first look at a property taint the realm, and is the property otherwise. */
function taintOnUse(touch: Touch, holder: object, key: string): void {
  const descriptor = getOwnPropertyDescriptor(holder, key);
  if (!descriptor) return;
  defineLazily(touch, holder, key, () => {
    touch.touched = true;
    return descriptor.value;
  });
}

/**
 * Defines a property whose value is made when it is first read. It stays an accessor, so that a later task cannot tell
 * whether an earlier one has read it. Writing to it makes it plain, and taints the realm.
 */
export function defineLazily(touch: Touch, holder: object, key: string, make: () => unknown): void {
  let made: { value: unknown } | undefined;
  const accessor = {
    get [key](): unknown {
      made ??= { value: make() };
      return made.value;
    },
    set [key](value: unknown) {
      touch.touched = true;
      const writable = { value, writable: true, enumerable: false, configurable: true };
      defineProperty(isObject(this) ? this : holder, key, writable);
    },
  };
  const { get, set } = getOwnPropertyDescriptor(accessor, key) ?? {};
  if (!get || !set) throw new TypeErrorOf("An accessor was expected.");
  defineProperty(holder, key, { get, set, enumerable: false, configurable: true });
}

/**
 * Fixes `Error` and makes `Error.prepareStackTrace` do nothing: Deno calls it with objects of its own realm. It looks the
 * function up on the global named `Error`, so that name must not come to mean something else.
 */
export function fixStackTraces(): void {
  const accessor = {
    get prepareStackTrace() {
      return undefined;
    },
    set prepareStackTrace(_) {
      // Libraries assign it in strict code, where a read-only property would throw.
    },
  };
  const { get, set } = getOwnPropertyDescriptor(accessor, "prepareStackTrace") ?? {};
  if (!get || !set) throw new TypeErrorOf("An accessor was expected.");
  defineProperty(Error, "prepareStackTrace", { get, set, enumerable: false, configurable: false });
  defineProperty(globalThis, "Error", {
    value: Error,
    writable: false,
    enumerable: false,
    configurable: false,
  });
}

/** Takes out of the realm whatever could run code after its task. */
export function removeWhatRunsLater(touch: Touch): void {
  deleteProperty(Atomics, "waitAsync");

  // The standard allows that a registry never calls back, and a job ends before it would matter.
  const Inert = {
    FinalizationRegistry: class {
      constructor(cleanup: (held: unknown) => void) {
        if (typeof cleanup !== "function")
          throw new TypeErrorOf("FinalizationRegistry: cleanup must be callable");
      }
      register(target: unknown, held: unknown, _token?: unknown): void {
        if (!isObject(target) && typeof target !== "symbol") {
          throw new TypeErrorOf("FinalizationRegistry.prototype.register: invalid target");
        }
        if (target === held)
          throw new TypeErrorOf("FinalizationRegistry: target and holdings must not be same");
      }
      unregister(_token: unknown): boolean {
        return false;
      }
    },
  }.FinalizationRegistry;
  defineProperty(Inert.prototype, Symbol.toStringTag, { value: "FinalizationRegistry", configurable: true });
  defineProperty(globalThis, "FinalizationRegistry", {
    value: Inert,
    writable: true,
    enumerable: false,
    configurable: true,
  });

  makeWebAssemblySynchronous();
  taintOnUse(touch, globalThis, "WebAssembly");
  taintOnUse(touch, globalThis, "Proxy");
  // Its segments have a prototype that only an instance leads to, and making one here would cost 15 ms of every start.
  taintOnUse(touch, Intl, "Segmenter");
}

interface Wasm {
  Module: new (bytes: unknown, options: unknown) => object;
  Instance: new (module: unknown, imports: unknown) => object;
}

/** Compiles at once where the standard would do so in another thread, so that no result is left on its way. */
function makeWebAssemblySynchronous(): void {
  const wasm: unknown = getOwnPropertyDescriptor(globalThis, "WebAssembly")?.value;
  if (!isObject(wasm)) return;
  const { Module, Instance } = wasm as Wasm;
  deleteProperty(wasm, "compileStreaming");
  deleteProperty(wasm, "instantiateStreaming");
  replace(wasm, "compile", () =>
    method(
      (_, args) =>
        new PromiseOf((resolve) => {
          resolve(new Module(args[0], args[1]));
        }),
    ),
  );
  replace(wasm, "instantiate", () =>
    method(
      (_, args) =>
        new PromiseOf((resolve) => {
          if (descends(args[0], Module.prototype)) {
            resolve(new Instance(args[0], args[1]));
            return;
          }
          const module = new Module(args[0], args[2]);
          resolve({ module, instance: new Instance(module, args[1]) });
        }),
    ),
  );
}
