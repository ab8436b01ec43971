import type { Stock } from "../bridge.ts";
import {
  getOwnPropertyDescriptor,
  getPrototypeOf,
  hasOwn,
  isEnumerable,
  isExtensible,
  isObject,
  join,
  keys,
  ownKeys,
  push,
  stringifyJson,
  symbolsOf,
} from "./primordials.ts";

/** Collects what the open objects of a new realm look like. The order is the same in every realm. */
export function takeStock(objects: readonly object[]): Stock {
  const values: unknown[] = [];
  const symbols: symbol[] = [];
  const prototypes: unknown[] = [];
  for (let index = 0; index < objects.length; index++) {
    const object = objects[index] as object;
    push(prototypes, getPrototypeOf(object));
    const names = ownKeys(object);
    for (let at = 0; at < names.length; at++) {
      const key = names[at] as PropertyKey;
      if (typeof key === "symbol") push(symbols, key);
      const descriptor = getOwnPropertyDescriptor(object, key);
      if (descriptor && isCompared(descriptor)) push(values, descriptor.value);
    }
  }
  return {
    objects,
    values,
    symbols,
    prototypes,
    symbolsOf,
    keys,
    getPrototypeOf,
    isExtensible,
    hasOwn,
    isEnumerable,
  };
}

const isAccessor = (descriptor: PropertyDescriptor): boolean =>
  descriptor.get !== undefined || descriptor.set !== undefined;

/** A property that can be neither written nor redefined needs no look. */
const isFixed = (descriptor: PropertyDescriptor): boolean => !descriptor.configurable && !descriptor.writable;

const isCompared = (descriptor: PropertyDescriptor): boolean =>
  !isAccessor(descriptor) && !isFixed(descriptor);

/**
 * Writes the proof as straight-line code, which reads a thousand properties several times faster than a loop would.
 * `createPurity` says what it proves.
 */
export function writeProof(stock: Stock): string {
  const lines: string[] = [
    "(function (s) {'use strict';const o=s.objects,v=s.values,y=s.symbols,p=s.prototypes;",
  ];
  push(
    lines,
    "const {symbolsOf,keys,getPrototypeOf,isExtensible,hasOwn,isEnumerable}=s;return function(){let x;",
  );
  let value = 0;
  let symbol = 0;
  for (let index = 0; index < stock.objects.length; index++) {
    const object = stock.objects[index] as object;
    const names = ownKeys(object);
    push(
      lines,
      `x=o[${index}];if(${enumerablesDiffer(object)}||symbolsOf(x).length!==${symbolsOf(object).length}`,
    );
    push(lines, `||getPrototypeOf(x)!==p[${index}]||!isExtensible(x)`);
    for (let at = 0; at < names.length; at++) {
      const key = names[at] as PropertyKey;
      const descriptor = getOwnPropertyDescriptor(object, key) ?? {};
      const name = typeof key === "symbol" ? `y[${symbol++}]` : stringifyJson(key);
      if (isCompared(descriptor)) push(lines, `||x[${name}]!==v[${value++}]`);
      if (isAccessor(descriptor) || inheritsSame(object, key, descriptor))
        push(lines, `||!hasOwn(x,${name})`);
      if (typeof key === "symbol") push(lines, `||isEnumerable(x,${name})`);
    }
    push(lines, ")return false;");
  }
  push(lines, "return true}})");
  return join(lines, "");
}

function enumerablesDiffer(object: object): string {
  const names = keys(object);
  // Where there are none, none may come. Where there are some, deleting one and adding it again moves it to the end.
  if (names.length === 0) return "keys(x).length!==0";
  return `keys(x).join()!==${stringifyJson(join(names, ","))}`;
}

/** Whether one could delete the property and still read the same, from the object's prototypes. */
function inheritsSame(object: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
  if (isFixed(descriptor)) return false;
  for (let above = getPrototypeOf(object); isObject(above); above = getPrototypeOf(above)) {
    const inherited = getOwnPropertyDescriptor(above, key);
    if (inherited) return isAccessor(inherited) || inherited.value === descriptor.value;
  }
  return descriptor.value === undefined;
}
