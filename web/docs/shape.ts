import type { JsonSchema, Schemas } from "./description.ts";

/** A schema as it is told to people. */
export interface Shape {
  /** Such as `string`, `list of objects` or `Job or null`. */
  readonly words: string;
  /** Short sentences on what it may be. */
  readonly limits: readonly string[];
  readonly description: string | undefined;
  readonly members: readonly Member[];
  /** Where it is one of several shapes, each of which has members of its own. */
  readonly variants: readonly Shape[];
}

export interface Member {
  readonly name: string;
  readonly required: boolean;
  /** Made when it is shown, since shapes may hold themselves. */
  shape(): Shape;
}

const plurals: Readonly<Record<string, string>> = {
  string: "strings",
  number: "numbers",
  integer: "integers",
  boolean: "booleans",
  object: "objects",
  "any value": "any values",
};

const listed = (words: readonly string[]) => [...new Set(words)].join(" or ");
const isNull = ({ type, const: only }: JsonSchema) => type === "null" || only === null;
const nameOf = (ref: string) => ref.split("/").at(-1) ?? ref;

/** Reads a schema, following its references. */
export function shapeOf(schema: JsonSchema, schemas: Schemas): Shape {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    const target = schemas[name];
    if (target === undefined) return shapeOf({}, schemas);
    const shape = shapeOf(target, schemas);
    return { ...shape, words: name, description: schema.description ?? shape.description };
  }
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (branches !== undefined) return union(schema, branches, schemas);
  if (schema.items !== undefined) return list(schema, schema.items, schemas);
  return {
    words: wordsOf(schema),
    limits: limitsOf(schema),
    description: schema.description,
    members: membersOf(schema, schemas),
    variants: [],
  };
}

function union(schema: JsonSchema, branches: readonly JsonSchema[], schemas: Schemas): Shape {
  const present = branches.filter((branch) => !isNull(branch));
  const shapes = present.flatMap((branch) => {
    const shape = shapeOf(branch, schemas);
    // A choice within a choice is one choice.
    return shape.variants.length > 0 && branch.$ref === undefined ? shape.variants : [shape];
  });
  const orNull = present.length < branches.length ? ["null"] : [];
  const [only] = shapes;
  if (only !== undefined && shapes.length === 1) {
    return {
      ...only,
      words: listed([only.words, ...orNull]),
      description: schema.description ?? only.description,
    };
  }
  const rich = shapes.some(({ members, variants }) => members.length + variants.length > 0);
  return {
    words: listed([...shapes.map(({ words }) => words), ...orNull]),
    limits: rich ? [] : shapes.flatMap(({ limits }) => limits),
    description: schema.description,
    members: [],
    variants: rich ? shapes : [],
  };
}

function list(schema: JsonSchema, items: JsonSchema, schemas: Schemas): Shape {
  const item = shapeOf(items, schemas);
  const each = item.limits.map((limit) => `each ${limit}`);
  return {
    ...item,
    words: `list of ${plurals[item.words] ?? item.words}`,
    limits: [...limitsOf(schema), ...each],
    description: schema.description ?? item.description,
  };
}

function wordsOf({ type, const: only, enum: values, additionalProperties, properties }: JsonSchema): string {
  if (only !== undefined) return JSON.stringify(only);
  const types = typeof type === "string" ? [type] : (type ?? []);
  if (types.length === 0) return values === undefined ? "any value" : "one of";
  const isMap = properties === undefined && typeof additionalProperties === "object";
  return listed(
    types.map((word) =>
      word === "object" && isMap ? "object with any names" : word === "array" ? "list" : word,
    ),
  );
}

function limitsOf(schema: JsonSchema): string[] {
  const { enum: values, format, pattern } = schema;
  return [
    values?.map((value) => JSON.stringify(value)).join(", ") ?? false,
    rangeOf(schema.minimum, schema.maximum, ""),
    schema.exclusiveMinimum !== undefined && `above ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum !== undefined && `below ${schema.exclusiveMaximum}`,
    rangeOf(schema.minLength, schema.maxLength, " characters"),
    rangeOf(schema.minItems, schema.maxItems, " entries"),
    format !== undefined && format,
    // What a format means needs no second writing.
    pattern !== undefined && format === undefined && `matches ${pattern}`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter((limit) => typeof limit === "string");
}

function rangeOf(min: number | undefined, max: number | undefined, unit: string): string | false {
  // What every integer of JavaScript keeps to is no limit to tell of.
  const least = min === undefined || min <= Number.MIN_SAFE_INTEGER ? undefined : min.toLocaleString("en");
  const most = max === undefined || max >= Number.MAX_SAFE_INTEGER ? undefined : max.toLocaleString("en");
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}`;
  if (least !== undefined) return `at least ${least}${unit}`;
  return most !== undefined && `at most ${most}${unit}`;
}

function membersOf({ properties = {}, required = [], additionalProperties }: JsonSchema, schemas: Schemas) {
  const members: Member[] = Object.entries(properties).map(([name, schema]) => ({
    name,
    required: required.includes(name),
    shape: () => shapeOf(schema, schemas),
  }));
  if (typeof additionalProperties === "object" && Object.keys(additionalProperties).length > 0) {
    members.push({ name: "…", required: false, shape: () => shapeOf(additionalProperties, schemas) });
  }
  return members;
}
