const whitespace = /[\t\n\r ]*/y;
const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** What may come next: a value, a value or the end of an empty array, a key, and so on. */
type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | ", or end";

/**
 * Where a text stops being JSON, which `JSON.parse` does not tell for every fault. Reads without recursion.
 * @returns the index of the first character that fits no JSON text, the text's length when it ends too early, and
 * undefined when it is JSON
 */
export function jsonFaultAt(text: string): number | undefined {
  const open: ("[" | "{")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    at = matchEnd(whitespace, text, at) ?? at;
    if (at === text.length) return expected === ", or end" && open.length === 0 ? undefined : at;
    const char = text.charAt(at);
    const inside = open.at(-1);
    if (expected === ", or end") {
      if (char === "," && inside) expected = inside === "[" ? "value" : "key";
      else if ((char === "]" && inside === "[") || (char === "}" && inside === "{")) open.pop();
      else return at;
      at++;
    } else if (expected === ":") {
      if (char !== ":") return at;
      expected = "value";
      at++;
    } else if (char === "}" && expected === "key or }") {
      open.pop();
      expected = ", or end";
      at++;
    } else if (char === "]" && expected === "value or ]") {
      open.pop();
      expected = ", or end";
      at++;
    } else if (char === '"') {
      const end = stringEnd(text, at + 1);
      if (end.fault) return end.at;
      at = end.at;
      expected = expected.startsWith("key") ? ":" : ", or end";
    } else if (expected.startsWith("key")) {
      return at;
    } else if (char === "[" || char === "{") {
      open.push(char);
      expected = char === "[" ? "value or ]" : "key or }";
      at++;
    } else {
      const end = matchEnd(scalar, text, at);
      if (end === undefined) return at;
      at = end;
      expected = ", or end";
    }
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** @param at the index behind the opening quote */
function stringEnd(text: string, at: number): { readonly at: number; readonly fault: boolean } {
  let index = at;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return { at: index + 1, fault: false };
    if (code < 0x20) return { at: index, fault: true };
    if (code !== 0x5c) {
      index++;
      continue;
    }
    const end = matchEnd(escapeSequence, text, index);
    if (end === undefined) return { at: index, fault: true };
    index = end;
  }
  return { at: index, fault: true };
}
