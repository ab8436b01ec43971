import {
  charCodeAt,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  includes,
  isObject,
  padStart,
  StringOf,
  sliceText,
  sourceOf,
  startsWith,
  tagOf,
  uncurry,
} from "./primordials.ts";

const textMax = 10_000;
const prototypesMax = 100;
const toHex = uncurry<number, [number], string>(Number.prototype.toString);

const escapes: Readonly<Record<number, string>> = {
  8: "\\b",
  9: "\\t",
  10: "\\n",
  12: "\\f",
  13: "\\r",
  92: "\\\\",
};

/** Quotes a string, with the quotes that need fewest escapes. */
export function inspectString(text: string): string {
  const clipped = text.length > textMax ? sliceText(text, 0, textMax) : text;
  const quote = !includes(clipped, "'")
    ? "'"
    : !includes(clipped, '"')
      ? '"'
      : !includes(clipped, "`")
        ? "`"
        : "'";
  let out = quote;
  let from = 0;
  for (let index = 0; index < clipped.length; index++) {
    const code = charCodeAt(clipped, index);
    const isQuote = code === charCodeAt(quote, 0);
    if (code >= 32 && code !== 92 && code !== 127 && !isQuote) continue;
    const escaped = isQuote ? `\\${quote}` : (escapes[code] ?? `\\x${padStart(toHex(code, 16), 2, "0")}`);
    out += sliceText(clipped, from, index) + escaped;
    from = index + 1;
  }
  const rest = text.length - clipped.length;
  const more = rest > 0 ? `... ${rest} more character${rest > 1 ? "s" : ""}` : "";
  return `${out}${sliceText(clipped, from)}${quote}${more}`;
}

/** Whether a key needs no quotes, as far as ASCII goes. */
export function isIdentifier(name: string): boolean {
  if (name.length === 0) return false;
  for (let index = 0; index < name.length; index++) {
    const code = charCodeAt(name, index);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 36 || code === 95;
    const isDigit = code >= 48 && code <= 57;
    if (!isLetter && !(isDigit && index > 0)) return false;
  }
  return true;
}

/** The name of the constructor that an object's prototypes lead to; undefined when there is none. */
export function nameOfMaker(value: object): string | undefined {
  let object: unknown = value;
  for (let hops = 0; isObject(object) && hops < prototypesMax; hops++) {
    const maker: unknown = getOwnPropertyDescriptor(object, "constructor")?.value;
    if (typeof maker === "function") {
      const name: unknown = getOwnPropertyDescriptor(maker, "name")?.value;
      if (typeof name === "string" && name !== "") return name;
    }
    object = getPrototypeOf(object);
  }
  return undefined;
}

export function inspectFunction(value: (...args: never[]) => unknown): string {
  const given: unknown = getOwnPropertyDescriptor(value, "name")?.value;
  const name = typeof given === "string" && given !== "" ? given : "(anonymous)";
  if (startsWith(sourceOf(value), "class")) {
    const parent = getPrototypeOf(value);
    const parentName: unknown = isObject(parent)
      ? getOwnPropertyDescriptor(parent, "name")?.value
      : undefined;
    return `[class ${name}${typeof parentName === "string" && parentName ? ` extends ${parentName}` : ""}]`;
  }
  const tag = tagOf(value);
  const kind = sliceText(tag, "[object ".length, -1);
  const label = kind === "Function" || !includes(kind, "Function") ? "Function" : kind;
  return name === "(anonymous)" ? `[${label} (anonymous)]` : `[${label}: ${StringOf(name)}]`;
}
