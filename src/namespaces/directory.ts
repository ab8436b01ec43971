import type { NamespaceView } from "../protocol/namespaces.ts";
import type { NameCount, NameRange } from "../stdx/name-range.ts";
import { cursorAfter, nameOfCursor } from "./cursor.ts";
import type { FileStore } from "./file-store.ts";
import type { KvStore } from "./kv-store.ts";

/** Somebody who keeps things by namespace: names in order, with how much there is in each. */
export interface NamespaceSource {
  countByNamespace(range: NameRange): Promise<readonly NameCount[]>;
}

export interface NamespaceDirectoryParts {
  readonly jobs: NamespaceSource;
  readonly functions: NamespaceSource;
  readonly databases: Pick<KvStore, "countByNamespace">;
  readonly files: Pick<FileStore, "countByNamespace" | "usage">;
}

export interface NamespaceListOptions {
  readonly prefix: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  /** Which ones whoever asks may know of; undefined for all. */
  readonly sees?: ((namespace: string) => boolean) | undefined;
}

export interface NamespacePage {
  readonly namespaces: readonly NamespaceView[];
  readonly cursor: string | null;
}

/** How many pages of names are looked at for one page of those that may be seen: the cursor leads on. */
const roundsMax = 20;

/**
 * The namespaces in which there is something. Nobody makes a namespace, so there is no list of them: each who keeps things
 * names those in which it has some, in order, and the names are merged.
 */
export class NamespaceDirectory {
  readonly #parts: NamespaceDirectoryParts;

  constructor(parts: NamespaceDirectoryParts) {
    this.#parts = parts;
  }

  async list({ prefix, limit, cursor, sees = () => true }: NamespaceListOptions): Promise<NamespacePage> {
    const found: NamespaceView[] = [];
    let after = cursor === undefined ? undefined : nameOfCursor(cursor);
    for (let rounds = 0; rounds < roundsMax; rounds++) {
      const { namespaces, more } = await this.#read({ prefix, after, limit });
      for (const view of namespaces) {
        after = view.namespace;
        if (sees(view.namespace)) found.push(view);
        if (found.length === limit && (more || view !== namespaces.at(-1))) {
          return { namespaces: found, cursor: cursorAfter(after) };
        }
      }
      if (!more || after === undefined) return { namespaces: found, cursor: null };
    }
    return { namespaces: found, cursor: after === undefined ? null : cursorAfter(after) };
  }

  /** The next names of all sources: what is among the first of all is among the first of each that has it. */
  async #read(range: NameRange): Promise<{ namespaces: readonly NamespaceView[]; more: boolean }> {
    const wanted = { ...range, limit: range.limit + 1 };
    const { jobs, functions, databases, files } = this.#parts;
    const [withJobs, withFunctions, withDatabase, withFiles] = await Promise.all(
      [jobs, functions, databases, files].map(async (source) => {
        return new Map((await source.countByNamespace(wanted)).map(({ name, count }) => [name, count]));
      }),
    );
    const sources = [withJobs, withFunctions, withDatabase, withFiles];
    const names = [...new Set(sources.flatMap((source) => [...(source?.keys() ?? [])]))].sort();
    const views = names.slice(0, range.limit).map(async (namespace) => ({
      namespace,
      jobs: withJobs?.get(namespace) ?? 0,
      functions: withFunctions?.get(namespace) ?? 0,
      database: withDatabase?.has(namespace) ?? false,
      files: withFiles?.get(namespace) ?? 0,
      file_bytes: withFiles?.has(namespace) ? (await files.usage(namespace)).bytes : 0,
    }));
    return { namespaces: await Promise.all(views), more: names.length > range.limit };
  }
}
