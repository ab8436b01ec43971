import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { refuse } from "../../protocol/errors.ts";
import { CommitGroup } from "./commit-group.ts";
import { readMigrations } from "./migrations.ts";
import { openDatabase } from "./open.ts";
import { systemDatabaseName } from "./system-database.ts";
import { SqliteTokenStore } from "./token-store.ts";

export interface TokenDatabase extends AsyncDisposable {
  readonly tokens: SqliteTokenStore;
}

/** Opens the tokens of a data directory alone, also while an orchestrator works with it. */
export function openTokenDatabase(
  dataDir: string,
  { mayMigrate }: { readonly mayMigrate: boolean },
): TokenDatabase {
  const path = join(dataDir, systemDatabaseName);
  if (!mayMigrate) insistOnVersion(path);
  const database = openDatabase(path);
  const commits = new CommitGroup(database);
  return {
    tokens: new SqliteTokenStore({ database, commits }),
    async [Symbol.asyncDispose]() {
      await commits[Symbol.asyncDispose]();
      database.close();
    },
  };
}

function insistOnVersion(path: string): void {
  using database = new DatabaseSync(path, { readOnly: true });
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  if (version === readMigrations().length) return;
  throw refuse(
    "storage_unavailable",
    `An orchestrator of another version runs on ${path}: make the token with the program that runs there.`,
  );
}
