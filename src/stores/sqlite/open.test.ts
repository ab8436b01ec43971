import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { AppError } from "../../stdx/errors.ts";
import { readMigrations } from "./migrations.ts";
import { openDatabase } from "./open.ts";

function fileFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-open-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, "zerverless.db");
}

function refusal(path: string, migrations = readMigrations()): string {
  try {
    openDatabase(path, migrations).close();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, "storage_unavailable");
    return error.message;
  }
  return assert.fail("The database was opened.");
}

test("a database is made durable: a write-ahead log that every commit syncs", (t) => {
  using database = openDatabase(fileFor(t));
  const value = (pragma: string) => Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  assert.equal(value("journal_mode"), "wal");
  assert.equal(value("synchronous"), 2, "FULL");
  assert.equal(value("foreign_keys"), 1);
  assert.equal(value("mmap_size"), 0);
  assert.equal(value("busy_timeout") ?? value("timeout"), 5000);
});

test("a database has the newest version after it was opened, once or twice", (t) => {
  const path = fileFor(t);
  for (let round = 0; round < 2; round++) {
    using database = openDatabase(path);
    assert.equal(database.prepare("PRAGMA user_version").get()?.user_version, readMigrations().length);
    database.prepare("INSERT INTO job_payloads (code, input) VALUES (NULL, 'null')").run();
  }
  using database = openDatabase(path);
  assert.equal(database.prepare("SELECT count(*) AS rows FROM job_payloads").get()?.rows, 2);
});

test("only the steps that are missing are applied", (t) => {
  const path = fileFor(t);
  const first = { name: "0001-a.sql", sql: "CREATE TABLE a (x TEXT) STRICT" };
  const second = { name: "0002-b.sql", sql: "ALTER TABLE a ADD COLUMN y TEXT" };
  openDatabase(path, [first]).close();
  using database = openDatabase(path, [first, second]);
  database.exec("INSERT INTO a (x, y) VALUES ('1', '2')");
  assert.equal(database.prepare("PRAGMA user_version").get()?.user_version, 2);
});

test("a step that fails changes nothing", (t) => {
  const path = fileFor(t);
  const first = { name: "0001-a.sql", sql: "CREATE TABLE a (x TEXT) STRICT" };
  const broken = { name: "0002-b.sql", sql: "DROP TABLE a; CREATE TABLE oh no" };
  openDatabase(path, [first]).close();
  assert.throws(() => openDatabase(path, [first, broken]), /syntax error/);
  using database = openDatabase(path, [first]);
  assert.equal(database.prepare("PRAGMA user_version").get()?.user_version, 1);
  database.exec("INSERT INTO a VALUES ('still there')");
});

test("a database that is newer than the program is refused in a clear sentence", (t) => {
  const path = fileFor(t);
  using newer = openDatabase(path);
  newer.exec("PRAGMA user_version = 99");
  assert.match(
    refusal(path),
    /^The database has version 99, but this program knows only versions up to \d+\. Start/,
  );
});

test("the database of another program is refused untouched", (t) => {
  const path = fileFor(t);
  using other = new DatabaseSync(path);
  other.exec("CREATE TABLE theirs (x)");
  assert.match(refusal(path), /^The database file belongs to another program/);
  assert.equal(other.prepare("PRAGMA journal_mode").get()?.journal_mode, "delete");
  assert.deepEqual(
    other
      .prepare("SELECT name FROM sqlite_schema")
      .all()
      .map((row) => row.name),
    ["theirs"],
  );
});

test("a file that is no database is refused in a sentence that names it", (t) => {
  const path = fileFor(t);
  writeFileSync(path, "This is a text and has been one for quite some time. ".repeat(100));
  assert.equal(
    refusal(path),
    `The file is not a database, or it is damaged. zerverless.db could not be opened (${path}).`,
  );
});

test("a directory that is not there is told in a sentence that names the file", (t) => {
  const path = join(fileFor(t), "nowhere", "zerverless.db");
  assert.equal(
    refusal(path),
    `The database file cannot be opened. zerverless.db could not be opened (${path}).`,
  );
});
