import { parseBoundedJson } from "./bounded-json.ts";
import type { Id } from "./ids.ts";

/**
 * A text that is JSON and nests no deeper than `jsonDepthMax`. Keeping the text instead of the value keeps it as its
 * author wrote it (numbers longer than a double, the order of members) and spares parsing and printing it again.
 */
export type JsonText = Id<"json text">;

/** Throws a SyntaxError or, when it nests too deeply, a RangeError. */
export function checkedJsonText(text: string): JsonText {
  return parseJsonText(text).text;
}

/** The same, for those who also want to know what it says. */
export function parseJsonText(text: string): { readonly text: JsonText; readonly value: unknown } {
  const value = parseBoundedJson<unknown>(text);
  return { text: text as JsonText, value };
}

export function jsonTextOf(value: string | number | boolean | null): JsonText {
  return JSON.stringify(value) as JsonText;
}

/** The value of an object's member as it was written; of members with one name the last, as `JSON.parse` has it. */
export function memberText(object: JsonText, name: string): JsonText | undefined {
  let found: JsonText | undefined;
  let at = skipSpace(object, 0);
  if (object.charCodeAt(at) !== char.openBrace) return undefined;
  for (at = skipSpace(object, at + 1); object.charCodeAt(at) === char.quote; ) {
    const nameEnd = stringEnd(object, at);
    const isIt = JSON.parse(object.slice(at, nameEnd)) === name;
    // Behind the name stands a colon, perhaps after space.
    const start = skipSpace(object, skipSpace(object, nameEnd) + 1);
    const end = valueEnd(object, start);
    if (isIt) found = object.slice(start, end) as JsonText;
    at = skipComma(object, end);
  }
  return found;
}

/** The items of an array as they were written. */
export function itemTexts(array: JsonText): JsonText[] {
  const items: JsonText[] = [];
  let at = skipSpace(array, 0);
  if (array.charCodeAt(at) !== char.openBracket) return items;
  for (at = skipSpace(array, at + 1); at < array.length && array.charCodeAt(at) !== char.closeBracket; ) {
    const end = valueEnd(array, at);
    items.push(array.slice(at, end) as JsonText);
    at = skipComma(array, end);
  }
  return items;
}

const char = {
  quote: 0x22,
  comma: 0x2c,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

function skipSpace(text: string, from: number): number {
  let at = from;
  // JSON's four kinds of space are the only characters up to U+0020 outside strings.
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function skipComma(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text.charCodeAt(at) === char.comma ? skipSpace(text, at + 1) : at;
}

/** @param at the opening quote's index; the result is the index behind the closing quote */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); ; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === char.backslash) slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
}

function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === char.quote) {
      at = stringEnd(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (code === char.openBracket || code === char.openBrace) {
      depth++;
    } else if (code === char.closeBracket || code === char.closeBrace) {
      // A scalar ends where the thing around it does; an array or object ends behind its own bracket.
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === char.comma || code <= 0x20)) {
      return at;
    }
  }
  return text.length;
}
