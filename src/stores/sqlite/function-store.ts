import type { DatabaseSync } from "node:sqlite";
import type {
  Deployment,
  DeploymentFilter,
  DeploymentPage,
  DeploymentStore,
} from "../../functions/deployment-store.ts";
import type { Revision, RevisionDraft, RevisionHead, RevisionId } from "../../functions/revision.ts";
import type { NameCount, NameRange } from "../../stdx/name-range.ts";
import type { CommitGroup } from "./commit-group.ts";
import { headOf, revisionOf } from "./function-rows.ts";
import { FunctionStatements } from "./function-statements.ts";
import type { Row } from "./row.ts";
import { storageErrorOf } from "./storage-error.ts";

/** How many rows a scan reads before it lets others have the event loop. */
const scanRows = 256;

/** Functions in SQLite. Reads answer from the disk at once; writes go through the group commit. */
export class SqliteFunctionStore implements DeploymentStore {
  readonly #commits: CommitGroup;
  readonly #statements: FunctionStatements;

  constructor({ database, commits }: { database: DatabaseSync; commits: CommitGroup }) {
    this.#commits = commits;
    this.#statements = new FunctionStatements(database);
  }

  deploy(draft: RevisionDraft, digest: string, revisionsMax: number): Promise<RevisionHead> {
    const { namespace, path } = draft;
    return this.#commits.run(() => {
      const id =
        this.#statements.place(namespace, path)?.id ?? this.#statements.insertFunction(namespace, path);
      const number = this.#statements.lastNumber(id) + 1;
      this.#statements.insertRevision(id, number, draft, digest);
      this.#statements.setCurrent(id, number);
      this.#statements.prune(id, revisionsMax);
      return existing(this.#statements.head(id, number));
    });
  }

  select(namespace: string, path: string, number: number): Promise<RevisionHead | undefined> {
    return this.#commits.run(() => {
      const place = this.#statements.place(namespace, path);
      const row = place && this.#statements.head(place.id, number);
      if (!place || !row) return undefined;
      this.#statements.setCurrent(place.id, number);
      return headOf(row);
    });
  }

  remove(namespace: string, path: string): Promise<boolean> {
    return this.#commits.run(() => {
      const place = this.#statements.place(namespace, path);
      if (place) this.#statements.remove(place.id);
      return place !== undefined;
    });
  }

  async find(namespace: string, path: string): Promise<Deployment | undefined> {
    return reading(() => {
      const place = this.#statements.place(namespace, path);
      if (!place) return undefined;
      const current = existing(this.#statements.head(place.id, place.current));
      return { current, revisions: this.#statements.heads(place.id).map(headOf) };
    });
  }

  async revision(id: RevisionId): Promise<Revision | undefined> {
    return reading(() => {
      const row = this.#statements.revision(id);
      return row && revisionOf(row);
    });
  }

  async list(filter: DeploymentFilter): Promise<DeploymentPage> {
    return reading(() => ({
      deployments: this.#statements.page(filter).map(headOf),
      total: this.#statements.count(filter),
    }));
  }

  async countByNamespace(range: NameRange): Promise<readonly NameCount[]> {
    return reading(() => this.#statements.namespaces(range));
  }

  async *current(): AsyncIterable<RevisionHead> {
    let [namespace, path] = ["", ""];
    for (;;) {
      const heads = reading(() => this.#statements.after(namespace, path, scanRows).map(headOf));
      yield* heads;
      const last = heads.at(-1);
      if (!last || heads.length < scanRows) return;
      ({ namespace, path } = last);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A function always has the revision that it says is current. */
function existing(row: Row | undefined): RevisionHead {
  if (!row) throw new Error("A function lacks its current revision.");
  return headOf(row);
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw storageErrorOf(error, "The functions cannot be read.") ?? error;
  }
}
