import {
  defineProperty,
  freeze,
  getOwnPropertyDescriptor,
  isObject,
  ownKeys,
  toStringTag,
} from "./primordials.ts";

/**
 * Freezes an object with the functions that are its methods and accessors: what a guest may look at but leave nothing on.
 */
export function freezeWithMethods(holder: object): void {
  const names = ownKeys(holder);
  for (let index = 0; index < names.length; index++) {
    const descriptor = getOwnPropertyDescriptor(holder, names[index] as PropertyKey);
    if (typeof descriptor?.value === "function") freeze(descriptor.value);
    if (descriptor?.get) freeze(descriptor.get);
    if (descriptor?.set) freeze(descriptor.set);
  }
  freeze(holder);
}

/** Makes a class of a web standard ready for guests: named as the standard has it, and frozen. */
export function finishClass<Class extends abstract new (...args: never[]) => object>(
  name: string,
  made: Class,
): Class {
  const prototype: unknown = made.prototype;
  if (isObject(prototype)) {
    defineProperty(prototype, toStringTag, { value: name, configurable: true });
    freezeWithMethods(prototype);
  }
  freezeWithMethods(made);
  return made;
}
