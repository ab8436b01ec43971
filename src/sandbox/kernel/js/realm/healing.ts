import { open } from "./intrinsics.ts";
import {
  defineProperty,
  deleteProperty,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  ownKeys,
  push,
  SetOf,
  setAdd,
  setForEach,
  setHas,
  setPrototypeOf,
} from "./primordials.ts";

interface Look {
  readonly object: object;
  readonly prototype: object | null;
  readonly keys: readonly PropertyKey[];
  readonly keySet: ReadonlySet<PropertyKey>;
  readonly descriptors: readonly (PropertyDescriptor | undefined)[];
}

/**
 * Where there is but one realm, the kernel works with the same `Array.prototype` as its guests. Before it goes on after a
 * guest that changed something, this gives the open objects their first look back, as far as that can be done: the cell
 * serves nobody else then, but it has an answer to send.
 */
export function createHealing(): () => void {
  const looks: Look[] = [];
  setForEach(open, (object) => push(looks, lookOf(object as object)));
  return () => {
    for (let index = 0; index < looks.length; index++) restore(looks[index] as Look);
  };
}

function lookOf(object: object): Look {
  const keys = ownKeys(object);
  const keySet = new SetOf<PropertyKey>();
  const descriptors: (PropertyDescriptor | undefined)[] = [];
  for (let at = 0; at < keys.length; at++) {
    setAdd(keySet, keys[at]);
    push(descriptors, withoutPrototype(getOwnPropertyDescriptor(object, keys[at] as PropertyKey)));
  }
  return { object, prototype: getPrototypeOf(object), keys, keySet, descriptors };
}

/** What a guest adds to `Object.prototype` must not be taken for a part of a descriptor. */
function withoutPrototype(descriptor: PropertyDescriptor | undefined): PropertyDescriptor | undefined {
  if (descriptor) setPrototypeOf(descriptor, null);
  return descriptor;
}

function restore({ object, prototype, keys, keySet, descriptors }: Look): void {
  const present = ownKeys(object);
  for (let at = 0; at < present.length; at++) {
    if (!setHas(keySet, present[at])) deleteProperty(object, present[at] as PropertyKey);
  }
  for (let at = 0; at < keys.length; at++) {
    const descriptor = descriptors[at];
    // False where a guest made it final, which cannot be helped.
    if (descriptor) defineProperty(object, keys[at] as PropertyKey, descriptor);
  }
  setPrototypeOf(object, prototype);
}
