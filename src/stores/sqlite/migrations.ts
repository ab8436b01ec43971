import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { refuse } from "../../protocol/errors.ts";

/** One step of the schema; step N brings a database from version N - 1 to N. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Marks the file as ours ("Zrvl" in ASCII), so that no other program's database is taken for one. */
const applicationId = 0x5a72766c;

/** The steps in a directory, by default the system database's, named `0001-what.sql` and numbered without a gap. */
export function readMigrations(directory = join(import.meta.dirname, "migrations")): readonly Migration[] {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(".sql"))
    .sort();
  return names.map((name, index) => {
    const number = String(index + 1).padStart(4, "0");
    if (!name.startsWith(`${number}-`))
      throw new Error(`Migration ${name} should have the number ${number}.`);
    return { name, sql: readFileSync(join(directory, name), "utf8") };
  });
}

/** Throws unless the database is new, or ours and not newer than `migrations`. Only reads. */
export function checkVersion(database: DatabaseSync, migrations: readonly Migration[]): void {
  const version = headerNumber(database, "user_version");
  const owner = headerNumber(database, "application_id");
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get();
  const isNew = owner === 0 && version === 0 && tables?.count === 0;
  if (!isNew && owner !== applicationId) {
    throw refuse(
      "storage_unavailable",
      "The database file belongs to another program; nothing was changed in it.",
    );
  }
  if (version > migrations.length) {
    throw refuse(
      "storage_unavailable",
      `The database has version ${version}, but this program knows only versions up to ${migrations.length}. ` +
        "Start the newer Zerverless that wrote it, or restore a backup.",
    );
  }
}

/** Brings the database to the newest version, each step in a transaction of its own. */
export function migrate(database: DatabaseSync, migrations: readonly Migration[]): void {
  const version = headerNumber(database, "user_version");
  for (const [index, migration] of migrations.entries()) {
    if (index >= version) applyStep(database, migration, index + 1);
  }
}

function applyStep(database: DatabaseSync, migration: Migration, version: number): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    database.exec(migration.sql);
    // Both live in the file's header, which a rollback restores like any page.
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function headerNumber(database: DatabaseSync, pragma: "user_version" | "application_id"): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}
