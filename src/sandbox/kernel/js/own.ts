/*
 * Where a guest shares the kernel's realm it can change what a map or a promise does, while the kernel still has to keep
 * its timers. These carry what they need themselves.
 */

const { defineProperty } = Reflect;
const mapMethods = ["get", "set", "has", "delete", "clear", "forEach"] as const;

/** A map whose methods are its own. */
export function ownMap<Key, Value>(): Map<Key, Value> {
  const map = new Map<Key, Value>();
  for (const name of mapMethods) defineProperty(map, name, { value: map[name] });
  return map;
}

const PromiseOf = Promise;

/** A promise that can be awaited whatever became of `Promise.prototype`: `await` looks for no more than this. */
export function ownPromise(start: (resolve: () => void) => void): Promise<void> {
  const promise = new Promise<void>(start);
  defineProperty(promise, "constructor", { value: PromiseOf });
  return promise;
}
