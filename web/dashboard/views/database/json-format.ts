/** A text as it is edited: what JSON makes of it. */
export type JsonCheck =
  | { readonly kind: "json" }
  | { readonly kind: "empty" }
  | {
      readonly kind: "fault";
      readonly sentence: string;
      /** Where it is, from 1; undefined where the browser does not say. */
      readonly line: number | undefined;
      readonly column: number | undefined;
    };

/** Says whether a text is JSON, or what is wrong with it, in words that name a place. */
export function checkJson(text: string): JsonCheck {
  if (text.trim() === "") return { kind: "empty" };
  try {
    JSON.parse(text);
    return { kind: "json" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const place = placeOf(message, text);
    const what = wordsOf(message);
    const where = place ? ` in line ${place.line}, column ${place.column}` : "";
    return {
      kind: "fault",
      sentence: `This is no JSON: ${what}${where}.`,
      line: place?.line,
      column: place?.column,
    };
  }
}

/** Every engine has its own words for the place. */
function placeOf(message: string, text: string): { line: number; column: number } | undefined {
  const [, line, column] = /line (\d+),? column (\d+)/.exec(message) ?? [];
  if (line !== undefined && column !== undefined) return { line: Number(line), column: Number(column) };
  const [, position] = /position (\d+)/.exec(message) ?? [];
  if (position === undefined && !/end of (?:JSON )?(?:input|data)/i.test(message)) return undefined;
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function wordsOf(message: string): string {
  const token = /Unexpected token '?(.)'?/u.exec(message)?.[1];
  if (token !== undefined) return `${token} is not expected`;
  if (/end of (?:JSON )?(?:input|data)|Unterminated/i.test(message)) return "it ends too early";
  if (/property name/i.test(message)) return "a name in double quotes is expected";
  if (/control character/i.test(message)) return "a line break within a text is written \\n";
  return "it cannot be read";
}

const indent = "  ";

/**
 * The same JSON with a line for each member and item. Only the space between tokens changes: numbers longer than a
 * double, escapes and the order of members stay as their author wrote them. @param json a text that is JSON
 */
export function formatJson(json: string): string {
  const out: string[] = [];
  let depth = 0;
  const lineBreak = () => out.push(`\n${indent.repeat(depth)}`);
  let last = "";
  for (const [token] of json.matchAll(tokens)) {
    if (/^\s/.test(token)) continue;
    const closes = token === "}" || token === "]";
    if (closes) {
      depth--;
      if (last !== "{" && last !== "[") lineBreak();
    } else if (last === "{" || last === "[" || last === ",") {
      lineBreak();
    }
    out.push(token === ":" ? ": " : token);
    if (token === "{" || token === "[") depth++;
    last = token;
  }
  return out.join("");
}

/** The same JSON without space between its tokens, as it is stored. @param json a text that is JSON */
export function compactJson(json: string): string {
  return [...json.matchAll(tokens)].map(([token]) => (/^\s/.test(token) ? "" : token)).join("");
}

/** A text may be cut off within a string. */
const tokens = /"(?:[^"\\]|\\.)*(?:"|\\?$)|[{}[\],:]|\s+|[^\s{}[\],:"]+/g;

/** One short line that gives an idea of a value. */
export function previewOf(json: string, charsMax: number): string {
  const start = compactJson(json.slice(0, charsMax * 4));
  return start.length > charsMax ? `${start.slice(0, charsMax)}…` : start;
}
