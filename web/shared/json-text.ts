/** What fits this stands on a line. */
const lineCharactersMax = 72;
/** What is longer is indented plainly: nobody reads it to its end, and measuring it again and again takes time. */
const measuredCharactersMax = 100_000;

/** JSON as it is shown: what fits a line stands on one, and lists of short things fill their lines. */
export function prettyJson(value: unknown): string {
  const line = JSON.stringify(value) ?? "null";
  if (line.length <= lineCharactersMax) return line;
  if (line.length > measuredCharactersMax) return JSON.stringify(value, null, 2);
  return laidOut(value, "");
}

function laidOut(value: unknown, indent: string): string {
  const line = JSON.stringify(value) ?? "null";
  if (indent.length + line.length <= lineCharactersMax) return line;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => laidOut(item, inner));
    const simple = value.every((item) => typeof item !== "object" || item === null);
    return `[\n${simple ? filled(items, inner) : `${inner}${items.join(`,\n${inner}`)}`}\n${indent}]`;
  }
  if (typeof value !== "object" || value === null) return line;
  const members = Object.entries(value).map(
    ([key, member]) => `${inner}${JSON.stringify(key)}: ${laidOut(member, inner)}`,
  );
  return `{\n${members.join(",\n")}\n${indent}}`;
}

/** As many items on each line as it holds. */
function filled(items: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = "";
  for (const [index, item] of items.entries()) {
    const piece = index < items.length - 1 ? `${item},` : item;
    if (line !== "" && indent.length + line.length + 1 + piece.length > lineCharactersMax) {
      lines.push(indent + line);
      line = piece;
    } else {
      line = line === "" ? piece : `${line} ${piece}`;
    }
  }
  return [...lines, indent + line].join("\n");
}
