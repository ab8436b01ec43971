/** What this page reads of `/openapi.json`: OpenAPI 3.1, as far as the orchestrator makes use of it. */

export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
}

export type Schemas = Readonly<Record<string, JsonSchema>>;

export interface Example {
  readonly summary?: string;
  readonly value: unknown;
}

export interface Media {
  readonly schema?: JsonSchema;
  readonly examples?: Readonly<Record<string, Example>>;
}
export type Content = Readonly<Record<string, Media>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly description?: string;
  readonly required?: boolean;
  readonly schema?: JsonSchema;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly description?: string; readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security?: readonly unknown[];
}

export interface ApiDocument {
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary?: string;
    readonly description?: string;
  };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Schemas };
}

/** An operation with what tells it from others. */
export interface Operation extends OperationObject {
  /** In capitals. */
  readonly method: string;
  readonly path: string;
}

export interface Group {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

/** The operations by their tags, in the order of the tags. */
export function groupsOf({ paths, tags }: ApiDocument): Group[] {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return tags
    .map((tag) => ({ ...tag, operations: operations.filter((operation) => operation.tags[0] === tag.name) }))
    .filter((group) => group.operations.length > 0);
}

/** Those in which every word is found, in what names and describes an operation. */
export function found(groups: readonly Group[], text: string): Group[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ method, path, summary, description = "", tags }: Operation) => {
    const haystack = [method, path, summary, description, ...tags].join(" ").toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
  return groups
    .map((group) => ({ ...group, operations: group.operations.filter(matches) }))
    .filter((group) => group.operations.length > 0);
}

/** Throws a sentence when it can't be had. */
export async function fetchDescription(signal: AbortSignal): Promise<ApiDocument> {
  const response = await fetch("/openapi.json", { signal });
  if (!response.ok) throw new Error(`The description could not be fetched: it answered ${response.status}.`);
  return JSON.parse(await response.text());
}

/** Whether requests without a token are refused here. */
export async function asksForTokens(signal: AbortSignal): Promise<boolean> {
  const response = await fetch("/api/access", { signal });
  if (!response.ok) return true;
  const { open }: { readonly open: boolean } = JSON.parse(await response.text());
  return !open;
}
