import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

interface Media {
  readonly schema?: object;
}
interface Response {
  readonly content?: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, Response>>;
}
type PathItem = Readonly<Record<string, Operation>>;

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

/** An answer as a client got it. */
export interface Answered {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

const root = "https://zerverless.test/openapi.json";

/** Holds answers against `/openapi.json`: whether their status is declared, and their JSON has the declared shape. */
export class ApiDescription {
  readonly document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false });
  readonly #validators = new Map<string, ValidateFunction>();
  readonly #patterns: readonly { readonly pattern: RegExp; readonly path: string; readonly fixed: number }[];

  constructor(document: OpenApi) {
    this.document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: root, ...document });
    this.#patterns = Object.keys(document.paths)
      .map((path) => ({ path, pattern: patternOf(path), fixed: path.replace(/\{\w+\}/g, "").length }))
      .sort((one, other) => other.fixed - one.fixed);
  }

  /** The described path that a request goes to; what is written out goes before parameters. */
  pathOf(requested: string): string | undefined {
    const plain = requested.replace(/[?#].*$/s, "");
    return this.#patterns.find(({ pattern }) => pattern.test(plain))?.path;
  }

  /** Says what is wrong with an answer; undefined when it is as described, or of no described path. */
  fault(answered: Answered): string | undefined {
    const { method, status, type = "", body } = answered;
    const path = this.pathOf(answered.path);
    const name = method.toLowerCase();
    const operation =
      path === undefined ? undefined : this.document.paths[path]?.[name === "head" ? "get" : name];
    if (path === undefined || !operation) return undefined;
    const response = operation.responses[status];
    if (!response) return `${method} ${path} answers ${status}, which is not declared`;
    if (name === "head" || body === "") return undefined;
    const media = type.split(";")[0]?.trim() ?? "";
    const content = response.content ?? {};
    const known = [media, "*/*"].find((candidate) => candidate in content);
    if (known === undefined) return `${method} ${path} answers ${status} as ${media}, which is not declared`;
    const schema = content[known]?.schema;
    if (schema === undefined || known !== "application/json") return undefined;
    const pointer = ["paths", path, name, "responses", `${status}`, "content", known, "schema"]
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const validate = this.#validatorOf(`${root}#/${pointer}`);
    if (validate(JSON.parse(body))) return undefined;
    return `${method} ${path} answers ${status} with what its schema does not allow: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #validatorOf(ref: string): ValidateFunction {
    const known = this.#validators.get(ref);
    if (known) return known;
    const made = this.#ajv.compile({ $ref: ref });
    this.#validators.set(ref, made);
    return made;
  }
}

/** The last parameter of a path may hold slashes, where it is called `path` or `key`. */
function patternOf(path: string): RegExp {
  const text = path
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(?:path|key)\}/g, ".*")
    .replace(/\{\w+\}/g, "[^/]+");
  return new RegExp(`^${text}$`, "s");
}

/** Fails with the whole answer when it is not as described. */
export function assertDescribed(description: ApiDescription, answered: Answered): void {
  const fault = description.fault(answered);
  assert.equal(fault, undefined, `${fault}\n${answered.path.slice(0, 300)}\n${answered.body.slice(0, 1000)}`);
}
