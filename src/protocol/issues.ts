import type { z } from "zod";

type Issue = z.core.$ZodIssue;

const issuesShownMax = 3;
const nameLengthMax = 64;

/** How the whole and its parts are called, such as "the body" and "field". */
export interface IssueWords {
  readonly whole: string;
  readonly part: string;
}

/** Says in words a person understands what a schema found wrong, naming each field: "code must be a string". */
export function describeIssues(error: z.core.$ZodError, words: IssueWords): string {
  const found = [...leaves(error.issues, [])];
  const shown = found.slice(0, issuesShownMax).map(({ issue, path }) => describe(issue, path, words));
  const more = found.length - shown.length;
  const sentence = `${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`;
  return startsWithName(found[0]) ? sentence : sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

interface Leaf {
  readonly issue: Issue;
  readonly path: readonly PropertyKey[];
}

/** A field's name is written as the field is; other sentences begin with a capital letter. */
function startsWithName(leaf: Leaf | undefined): boolean {
  return leaf !== undefined && leaf.path.length > 0 && leaf.issue.code !== "unrecognized_keys";
}

/** Unions report what is wrong with every alternative: what counts is the one whose kind of value was sent. */
function* leaves(issues: readonly Issue[], path: readonly PropertyKey[]): Generator<Leaf> {
  for (const issue of issues) {
    const here = [...path, ...issue.path];
    const meant = issue.code === "invalid_union" ? issue.errors.find(isMeant) : undefined;
    if (meant) yield* leaves(meant, here);
    else yield { issue, path: here };
  }
}

function isMeant(alternative: readonly Issue[]): boolean {
  return !alternative.some((issue) => issue.code === "invalid_type" && issue.path.length === 0);
}

function describe(issue: Issue, path: readonly PropertyKey[], words: IssueWords): string {
  const name = path.length === 0 ? words.whole : pathName(path);
  switch (issue.code) {
    case "invalid_type":
      if (issue.message.endsWith("received undefined")) return `${name} is missing`;
      return `${name} must be ${kindName(issue.expected)}`;
    case "too_small":
      return `${name} must ${bound(issue.origin, Number(issue.minimum), issue.inclusive ?? true, "least")}`;
    case "too_big":
      return `${name} must ${bound(issue.origin, Number(issue.maximum), issue.inclusive ?? true, "most")}`;
    case "invalid_value":
      return `${name} must be ${alternatives(issue.values)}`;
    case "unrecognized_keys": {
      const keys = issue.keys.slice(0, issuesShownMax).map((key) => JSON.stringify(clip(key)));
      const place = path.length === 0 ? "" : ` in ${name}`;
      return `unknown ${words.part}${keys.length > 1 ? "s" : ""} ${keys.join(", ")}${place}`;
    }
    case "invalid_union":
      if ("options" in issue && Array.isArray(issue.options))
        return `${name} must be ${alternatives(issue.options)}`;
      return `${name} must be ${unionKinds(issue.errors)}`;
    default:
      // The schemas word their own refusals so that they continue a sentence.
      return /^(must|is) /.test(issue.message) ? `${name} ${issue.message}` : `${name} is not valid`;
  }
}

function pathName(path: readonly PropertyKey[]): string {
  let name = "";
  for (const key of path) {
    if (typeof key === "number") name += `[${key}]`;
    else name += `${name === "" ? "" : "."}${clip(String(key))}`;
  }
  return name;
}

function clip(text: string): string {
  return text.length > nameLengthMax ? `${text.slice(0, nameLengthMax)}…` : text;
}

function kindName(expected: string): string {
  if (expected === "int") return "a whole number";
  if (expected === "boolean") return "true or false";
  return `${/^[aeiou]/.test(expected) ? "an" : "a"} ${expected}`;
}

function alternatives(values: readonly unknown[]): string {
  // An alternative that may be left out brings its absence along, which nobody can send.
  const names = values.filter((value) => value !== undefined).map((value) => JSON.stringify(value));
  return names.length === 1 ? String(names[0]) : `one of ${names.join(", ")}`;
}

/** What kinds of value the alternatives of a union would have taken. */
function unionKinds(errors: readonly (readonly Issue[])[]): string {
  const kinds = errors.flatMap((issues) =>
    issues.flatMap((issue) => (issue.code === "invalid_type" ? [kindName(issue.expected)] : [])),
  );
  return [...new Set(kinds)].join(" or ");
}

function bound(origin: string, limit: number, inclusive: boolean, side: "least" | "most"): string {
  const unit = limit === 1 ? "" : "s";
  if (origin === "string") {
    if (side === "least" && limit === 1) return "not be empty";
    return `have at ${side} ${limit} character${unit}`;
  }
  if (origin === "array" || origin === "set") {
    if (side === "least" && limit === 1) return "have at least one item";
    return `have at ${side} ${limit} item${unit}`;
  }
  if (inclusive) return `be at ${side} ${limit}`;
  return `be a number ${side === "least" ? "greater" : "less"} than ${limit}`;
}
