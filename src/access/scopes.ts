import { type Verb, verbs } from "../protocol/access.ts";

interface Reach {
  all: boolean;
  readonly names: Set<string>;
  readonly beginnings: string[];
}

/** What somebody may do: the scopes of a token, compiled. */
export class Scopes {
  /** Everything, for where nobody is asked. */
  static readonly all = new Scopes(["admin"]);
  static readonly none = new Scopes([]);

  readonly admin: boolean;
  /** Whether who shows them is trusted as a volunteer. */
  readonly volunteer: boolean;
  readonly #reach: Readonly<Record<Verb, Reach>> = { read: nothing(), write: nothing(), invoke: nothing() };

  /** @param scopes as `scopeSchema` takes them */
  constructor(scopes: readonly string[]) {
    this.admin = scopes.includes("admin");
    this.volunteer = this.admin || scopes.includes("volunteer");
    for (const scope of scopes) {
      const verb = verbs.find((name) => scope.startsWith(`${name}:`));
      if (verb) extend(this.#reach[verb], scope.slice(verb.length + 1));
    }
  }

  may(verb: Verb, namespace: string): boolean {
    if (this.admin) return true;
    const { all, names, beginnings } = this.#reach[verb];
    return all || names.has(namespace) || beginnings.some((beginning) => namespace.startsWith(beginning));
  }

  mayAll(verb: Verb): boolean {
    return this.admin || this.#reach[verb].all;
  }

  /** Whether there may be a namespace with which they may do it. */
  maySome(verb: Verb): boolean {
    const { names, beginnings } = this.#reach[verb];
    return this.mayAll(verb) || names.size > 0 || beginnings.length > 0;
  }
}

function nothing(): Reach {
  return { all: false, names: new Set(), beginnings: [] };
}

function extend(reach: Reach, pattern: string): void {
  if (pattern === "*") reach.all = true;
  else if (pattern.endsWith("*")) reach.beginnings.push(pattern.slice(0, -1));
  else reach.names.add(pattern);
}
