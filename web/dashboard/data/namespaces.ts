import type { NamespaceView } from "../../../src/protocol/namespaces.ts";
import { client } from "./session.ts";

export interface NamespacePage {
  readonly namespaces: readonly NamespaceView[];
  /** Behind which the next page begins; undefined on the last. */
  readonly next: string | undefined;
}

/** Enough for a page; more may come, since what is read at once is shown at once. */
const enough = 100;
const readAtOnce = 500;
/** Where hardly any namespace holds what is looked for, the search goes on with the next page. */
const readsMax = 10;

/** Namespaces that hold something of a kind, by name. */
export async function readNamespaces(
  holds: (namespace: NamespaceView) => boolean,
  from: string | undefined,
  signal: AbortSignal,
): Promise<NamespacePage> {
  const namespaces: NamespaceView[] = [];
  let cursor = from;
  for (let reads = 0; reads < readsMax; reads++) {
    const page = await client.namespaces({ cursor, limit: readAtOnce }, { signal });
    namespaces.push(...page.namespaces.filter(holds));
    cursor = page.cursor ?? undefined;
    if (cursor === undefined || namespaces.length >= enough) break;
  }
  return { namespaces, next: cursor };
}
