/** How deep JSON from outside may nest: deep enough for people, shallow enough for every recursive reader after us. */
export const jsonDepthMax = 512;
/** How many arrays and objects one text may hold: each costs far more to make than to send. */
export const jsonContainersMax = 500_000;

const quote = 0x22;
const backslash = 0x5c;

/** The deepest nesting and the number of arrays and objects in a JSON text, read in one pass without recursion. */
export function jsonShape(text: string): { depth: number; containers: number } {
  let depth = 0;
  let deepest = 0;
  let containers = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) {
        if (text.charCodeAt(at) === backslash) at++;
      }
    } else if (char === 0x5b || char === 0x7b) {
      depth++;
      containers++;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x5d || char === 0x7d) {
      depth--;
    }
  }
  return { depth: deepest, containers };
}

/** `JSON.parse` for text from outside. Throws a SyntaxError, or a RangeError past `jsonDepthMax` or `jsonContainersMax`. */
export function parseBoundedJson<Value>(text: string): Value {
  // Text this short can't nest too deeply, whatever is in it.
  if (text.length > jsonDepthMax) {
    const { depth, containers } = jsonShape(text);
    if (depth > jsonDepthMax) throw new RangeError(`The JSON nests deeper than ${jsonDepthMax} levels.`);
    if (containers > jsonContainersMax) {
      throw new RangeError(`The JSON holds more than ${jsonContainersMax} arrays and objects.`);
    }
  }
  return JSON.parse(text) as Value;
}
