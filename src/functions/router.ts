import type { RevisionHead } from "./revision.ts";

export interface FunctionMatch {
  readonly head: RevisionHead;
  /** Where in the path begins what follows the function's own: at a slash, or at the path's end. */
  readonly routeAt: number;
}

interface Node {
  head: RevisionHead | undefined;
  children: Map<string, Node> | undefined;
}

/** Which function answers which path: the one with the longest deployed beginning, on whole segments. */
export class FunctionRouter {
  /** Its children are namespaces. */
  readonly #root = newNode();
  readonly #counts = new Map<string, number>();
  #size = 0;

  /** How many functions there are. */
  get size(): number {
    return this.#size;
  }

  /** Those that have functions. */
  get namespaces(): string[] {
    return [...this.#counts.keys()];
  }

  /** How many functions a namespace has. */
  sizeOf(namespace: string): number {
    return this.#counts.get(namespace) ?? 0;
  }

  at(namespace: string, path: string): RevisionHead | undefined {
    let node: Node | undefined = this.#root;
    for (const segment of segmentsOf(namespace, path)) node = node?.children?.get(segment);
    return node?.head;
  }

  /** Makes a revision answer its path from now on. @returns the one that did before */
  set(head: RevisionHead): RevisionHead | undefined {
    let node = this.#root;
    for (const segment of segmentsOf(head.namespace, head.path)) {
      node.children ??= new Map();
      let child = node.children.get(segment);
      if (!child) {
        child = newNode();
        node.children.set(segment, child);
      }
      node = child;
    }
    const before = node.head;
    if (!before) this.#count(head.namespace, 1);
    node.head = head;
    return before;
  }

  /** @returns the revision that answered before */
  delete(namespace: string, path: string): RevisionHead | undefined {
    const segments = segmentsOf(namespace, path);
    const trail: Node[] = [this.#root];
    for (const segment of segments) {
      const next = trail.at(-1)?.children?.get(segment);
      if (!next) return undefined;
      trail.push(next);
    }
    const node = trail.at(-1);
    const before = node?.head;
    if (!node || !before) return undefined;
    node.head = undefined;
    this.#count(namespace, -1);
    prune(trail, segments);
    return before;
  }

  #count(namespace: string, by: 1 | -1): void {
    this.#size += by;
    const count = this.sizeOf(namespace) + by;
    if (count === 0) this.#counts.delete(namespace);
    else this.#counts.set(namespace, count);
  }

  /**
   * One look-up per segment, of no more segments than the deepest function on the way has.
   * @param path of a URL as it was written, beginning with a slash; what is no percent-encoding matches nothing
   */
  match(path: string): FunctionMatch | undefined {
    let node: Node = this.#root;
    let head: RevisionHead | undefined;
    let routeAt = 0;
    for (let start = 1; ; ) {
      const slash = path.indexOf("/", start);
      const end = slash === -1 ? path.length : slash;
      const next = node.children?.get(decoded(path.slice(start, end)));
      if (!next) break;
      if (next.head) {
        head = next.head;
        routeAt = end;
      }
      if (slash === -1) break;
      node = next;
      start = slash + 1;
    }
    return head && { head, routeAt };
  }
}

function newNode(): Node {
  return { head: undefined, children: undefined };
}

function segmentsOf(namespace: string, path: string): string[] {
  return [namespace, ...path.split("/")];
}

/** Takes away what leads nowhere any more, from the end of the trail up. */
function prune(trail: readonly Node[], segments: readonly string[]): void {
  for (let depth = segments.length; depth > 0; depth--) {
    const node = trail[depth];
    const parent = trail[depth - 1];
    const segment = segments[depth - 1];
    if (!node || !parent?.children || segment === undefined || node.head || node.children) return;
    parent.children.delete(segment);
    if (parent.children.size === 0) parent.children = undefined;
  }
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // No deployed segment is empty.
    return "";
  }
}
