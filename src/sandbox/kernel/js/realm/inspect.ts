import { groupInColumns } from "./columns.ts";
import { guestFile } from "./guest-file.ts";
import { inspectFunction, inspectString, isIdentifier, nameOfMaker } from "./inspect-parts.ts";
import {
  bufferByteLength,
  type DateOf,
  descends,
  ErrorOf,
  getOwnPropertyDescriptor,
  includes,
  indexOf,
  isArray,
  isBranded,
  isObject,
  isSame,
  join,
  MapOf,
  mapForEach,
  mapGet,
  mapHas,
  mapSet,
  mapSize,
  ownKeys,
  PromiseOf,
  pop,
  push,
  repeat,
  StringOf,
  setForEach,
  setSize,
  sharedByteLength,
  splitText,
  tagOf,
  uncurry,
  viewKind,
  viewLength,
} from "./primordials.ts";

const entriesMax = 100;
const depthDefault = 2;
const lineWidth = 80;
/** Objects nested this deep within one line; as in Node. */
const levelsPerLine = 3;

const toIso = uncurry<Date, [], string>(Date.prototype.toISOString);
const getTime = uncurry<unknown, [], number>(Date.prototype.getTime);
const regExpText = uncurry<unknown, [], string>(RegExp.prototype.toString);
const unbox = [
  uncurry<unknown, [], unknown>(Number.prototype.valueOf),
  uncurry<unknown, [], unknown>(String.prototype.valueOf),
  uncurry<unknown, [], unknown>(Boolean.prototype.valueOf),
  uncurry<unknown, [], unknown>(Symbol.prototype.valueOf),
  uncurry<unknown, [], unknown>(BigInt.prototype.valueOf),
];

interface Look {
  readonly depthMax: number;
  /** From the outermost inward: what is being shown. */
  readonly path: object[];
  /** Objects that contain themselves, with the number they are referred to by. */
  readonly circular: Map<object, number>;
  depth: number;
  indent: number;
}

/** Shows a value as `console.log` of Node does. It reads no getter, but a proxy's traps do run. */
export function inspect(value: unknown, depthMax: number = depthDefault): string {
  return show({ depthMax, path: [], circular: new MapOf(), depth: 0, indent: 0 }, value, 0);
}

export function inspectPrimitive(value: unknown): string {
  if (typeof value === "string") return inspectString(value);
  if (typeof value === "bigint") return `${StringOf(value)}n`;
  return isSame(value, -0) ? "-0" : StringOf(value);
}

function show(look: Look, value: unknown, level: number): string {
  if (!isObject(value)) return inspectPrimitive(value);
  for (let index = 0; index < look.path.length; index++) {
    if (look.path[index] !== value) continue;
    if (!mapHas(look.circular, value)) mapSet(look.circular, value, (mapSize(look.circular) as number) + 1);
    return `[Circular *${StringOf(mapGet(look.circular, value))}]`;
  }
  const shape = shapeOf(value);
  if (level > look.depthMax && shape.body !== "none") return `[${shape.kind}]`;
  push(look.path, value);
  look.depth = level;
  const text = showShape(look, value, shape, level);
  pop(look.path);
  const number = mapGet(look.circular, value);
  return number === undefined ? text : `<ref *${StringOf(number)}> ${text}`;
}

interface Shape {
  /** What stands before the braces; alone when there is nothing to show within them. */
  readonly prefix: string;
  /** The name in brackets when it lies too deep. */
  readonly kind: string;
  readonly body: "object" | "array" | "view" | "map" | "set" | "none";
  /** Whether the prefix says it all when there are no own properties. */
  readonly complete: boolean;
}

function shapeOf(value: object): Shape {
  const maker = nameOfMaker(value);
  const named = maker ?? "[Object: null prototype]";
  if (isArray(value)) {
    const prefix = maker === "Array" ? "" : `${maker ?? "[Array: null prototype]"}(${value.length}) `;
    return { prefix, kind: "Array", body: "array", complete: false };
  }
  if (typeof value === "function") {
    return {
      prefix: inspectFunction(value as (...args: never[]) => unknown),
      kind: "Function",
      body: "object",
      complete: true,
    };
  }
  if (isBranded(mapSize, value)) {
    return { prefix: `${named}(${StringOf(mapSize(value))}) `, kind: "Map", body: "map", complete: false };
  }
  if (isBranded(setSize, value)) {
    return { prefix: `${named}(${StringOf(setSize(value))}) `, kind: "Set", body: "set", complete: false };
  }
  if (viewKind(value) !== undefined) {
    return {
      prefix: `${named}(${StringOf(viewLength(value))}) `,
      kind: named,
      body: "view",
      complete: false,
    };
  }
  return otherShapeOf(value, named);
}

function otherShapeOf(value: object, named: string): Shape {
  const whole = (prefix: string): Shape => ({ prefix, kind: named, body: "object", complete: true });
  if (descends(value, ErrorOf.prototype)) return whole(inspectError(value as Error));
  if (isBranded(getTime, value)) {
    return whole(isSame(getTime(value), NaN) ? "Invalid Date" : toIso(value as InstanceType<typeof DateOf>));
  }
  if (tagOf(value) === "[object RegExp]" && descends(value, RegExp.prototype))
    return whole(regExpText(value));
  if (isBranded(bufferByteLength, value)) {
    return whole(`${named} { byteLength: ${StringOf(bufferByteLength(value))} }`);
  }
  if (isBranded(sharedByteLength, value)) {
    return whole(`${named} { byteLength: ${StringOf(sharedByteLength(value))} }`);
  }
  for (let index = 0; index < unbox.length; index++) {
    const read = unbox[index] as (self: unknown) => unknown;
    if (isBranded(read, value)) return whole(`[${named}: ${inspectPrimitive(read(value))}]`);
  }
  if (descends(value, PromiseOf.prototype))
    return { prefix: `${named} `, kind: named, body: "object", complete: false };
  const prefix = named === "Object" ? "" : `${named} `;
  return { prefix, kind: named, body: "object", complete: false };
}

/** The error's stack without the frames of the kernel below the guest's own. */
function inspectError(error: Error): string {
  const own = getOwnPropertyDescriptor(error, "stack");
  const stack: unknown = own && "value" in own ? own.value : error.stack;
  if (typeof stack !== "string" || stack === "")
    return `[${StringOf(error.name)}: ${StringOf(error.message)}]`;
  const lines = splitText(stack, "\n");
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    const isFrame = indexOf(line, "    at ") === 0;
    if (!isFrame || includes(line, guestFile)) push(kept, line);
  }
  const text = join(kept, "\n");
  return kept.length === 1 ? `[${text}]` : text;
}

function showShape(look: Look, value: object, shape: Shape, level: number): string {
  const entries: string[] = [];
  look.indent += 2;
  if (shape.body === "array" || shape.body === "view")
    showItems(look, value as unknown[], shape.body, entries, level);
  else if (shape.body === "map") showMap(look, value as Map<unknown, unknown>, entries, level);
  else if (shape.body === "set") showSet(look, value as Set<unknown>, entries, level);
  showProperties(look, value, shape, entries, level);
  look.indent -= 2;
  const isList = shape.body === "array" || shape.body === "view";
  if (entries.length === 0 && shape.complete) return shape.prefix;
  if (entries.length === 0) return `${shape.prefix}${isList ? "[]" : "{}"}`;
  const prefix = shape.complete ? `${shape.prefix} ` : shape.prefix;
  return braced(look, prefix, isList, entries, level);
}

/** Lays entries out on one line where they fit, as Node does. */
function braced(look: Look, prefix: string, isList: boolean, entries: string[], level: number): string {
  const open = `${prefix}${isList ? "[" : "{"}`;
  const close = isList ? "]" : "}";
  const rows = isList && entries.length > 6 ? groupInColumns(entries, lineWidth, look.indent) : entries;
  if (look.depth - level < levelsPerLine && rows === entries) {
    let length = entries.length + entries.length + look.indent + open.length + 10;
    let isFlat = true;
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as string;
      length += entry.length;
      if (includes(entry, "\n")) isFlat = false;
    }
    if (isFlat && length <= lineWidth && !includes(prefix, "\n"))
      return `${open} ${join(entries, ", ")} ${close}`;
  }
  const indent = `\n${repeat(" ", look.indent)}`;
  return `${open}${indent}  ${join(rows, `,${indent}  `)}${indent}${close}`;
}

function showItems(
  look: Look,
  items: unknown[],
  body: "array" | "view",
  entries: string[],
  level: number,
): void {
  const length = body === "view" ? (viewLength(items) as number) : items.length;
  let shown = 0;
  let index = 0;
  for (; index < length && shown < entriesMax; shown++) {
    const descriptor = getOwnPropertyDescriptor(items, index);
    if (descriptor) {
      push(entries, showDescriptor(look, descriptor, level));
      index++;
      continue;
    }
    let holes = 0;
    while (index < length && !getOwnPropertyDescriptor(items, index) && holes < 1_000_000) {
      holes++;
      index++;
    }
    push(entries, `<${holes} empty item${holes > 1 ? "s" : ""}>`);
  }
  noteRest(entries, length - index);
}

function noteRest(entries: string[], left: number): void {
  if (left > 0) push(entries, `... ${left} more item${left > 1 ? "s" : ""}`);
}

function showMap(look: Look, map: Map<unknown, unknown>, entries: string[], level: number): void {
  let left = mapSize(map) as number;
  mapForEach(map, (item, key) => {
    if (entries.length >= entriesMax) return;
    left--;
    push(entries, `${show(look, key, level + 1)} => ${show(look, item, level + 1)}`);
  });
  noteRest(entries, left);
}

function showSet(look: Look, set: Set<unknown>, entries: string[], level: number): void {
  let left = setSize(set) as number;
  setForEach(set, (item) => {
    if (entries.length >= entriesMax) return;
    left--;
    push(entries, show(look, item, level + 1));
  });
  noteRest(entries, left);
}

/** Own enumerable properties; of lists those that are no items, of errors also the cause. */
function showProperties(look: Look, value: object, shape: Shape, entries: string[], level: number): void {
  const isList = shape.body === "array" || shape.body === "view";
  const names = ownKeys(value);
  const itemsEnd = isList ? itemKeys(value, shape.body) : 0;
  let left = 0;
  for (let index = itemsEnd; index < names.length; index++) {
    const key = names[index] as PropertyKey;
    const descriptor = getOwnPropertyDescriptor(value, key);
    if (!descriptor || (!descriptor.enumerable && !(key === "cause" && descends(value, ErrorOf.prototype))))
      continue;
    if (entries.length >= entriesMax * 2) {
      left++;
      continue;
    }
    const shown = showDescriptor(look, descriptor, level);
    const name = descriptor.enumerable ? keyText(key) : `[${StringOf(key)}]`;
    push(entries, `${name}: ${shown}`);
  }
  noteRest(entries, left);
}

/** How many of an array's own keys are its items; they come first. */
function itemKeys(value: object, body: Shape["body"]): number {
  if (body === "view") return viewLength(value) as number;
  const names = ownKeys(value);
  let count = 0;
  while (count < names.length && names[count] !== "length") count++;
  return count;
}

function keyText(key: PropertyKey): string {
  if (typeof key === "symbol") return `[${StringOf(key)}]`;
  const name = StringOf(key);
  return isIdentifier(name) ? name : inspectString(name);
}

function showDescriptor(look: Look, descriptor: PropertyDescriptor, level: number): string {
  if (descriptor.get) return descriptor.set ? "[Getter/Setter]" : "[Getter]";
  if (descriptor.set) return "[Setter]";
  return show(look, descriptor.value, level + 1);
}
