import { freezeReachable } from "./intrinsics.ts";
import { defineProperty, toStringTag } from "./primordials.ts";

/** Makes a class of a web standard ready for guests: named as the standard has it, and frozen with all its methods. */
export function finishClass<Class extends abstract new (...args: never[]) => object>(
  name: string,
  made: Class,
): Class {
  defineProperty(made.prototype as object, toStringTag, { value: name, configurable: true });
  freezeReachable(made);
  return made;
}
