/** How deep JSON from outside may nest: deep enough for people, shallow enough for every recursive reader after us. */
export const jsonDepthMax = 512;
/** How many arrays and objects one text may hold: each costs far more to make than to send. */
export const jsonContainersMax = 500_000;

export interface JsonBounds {
  readonly depth: number;
  readonly containers: number;
}

const jsonBounds: JsonBounds = { depth: jsonDepthMax, containers: jsonContainersMax };

/**
 * For frames of messages: what one end took by itself, at the very bounds, must get to the other within a message and a
 * list of messages. Whoever wrote it would else end the connection of those who carry it.
 */
export const framedJsonBounds: JsonBounds = { depth: jsonDepthMax + 16, containers: 2 * jsonContainersMax };

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

/** `JSON.parse` for text from outside. Throws a SyntaxError, or a RangeError past the bounds. */
export function parseBoundedJson<Value>(text: string, bounds: JsonBounds = jsonBounds): Value {
  // Text this short can't nest too deeply, whatever is in it.
  if (text.length > bounds.depth) {
    const { depth, containers } = jsonShape(text);
    if (depth > bounds.depth) throw new RangeError(`The JSON nests deeper than ${bounds.depth} levels.`);
    if (containers > bounds.containers) {
      throw new RangeError(`The JSON holds more than ${bounds.containers} arrays and objects.`);
    }
  }
  return JSON.parse(text) as Value;
}
