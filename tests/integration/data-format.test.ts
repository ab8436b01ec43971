import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { dataFormat, unfinishedRestore } from "../../src/stores/data-format.ts";
import { readMigrations } from "../../src/stores/sqlite/migrations.ts";
import { openDatabase } from "../../src/stores/sqlite/open.ts";
import { bootOrchestrator, temporaryDirectory } from "../support/orchestrator.ts";
import { runToEnd } from "../support/spawn.ts";

test("a data directory from before there were formats is brought up to date, and keeps its jobs", async (t) => {
  const dataDir = join(await temporaryDirectory(t), "old");
  await mkdir(dataDir);
  const id = "01a2157a-26bc-7bd6-b9e3-967f1ca54c7a";
  const old = openDatabase(join(dataDir, "zerverless.db"), readMigrations().slice(0, 1));
  old.exec(`
    INSERT INTO jobs VALUES (1, '${id}', 'alice', 'js', NULL, 1000, 64, 0, 3, 1700000000000);
    INSERT INTO job_payloads VALUES (1, 'from an older version', 'null');
    INSERT INTO job_live VALUES (1, 'alice', 0, 0, NULL, NULL);
    INSERT INTO job_counts VALUES ('', 0, 1), ('alice', 0, 1);`);
  old.close();
  const { api } = await bootOrchestrator(t, { flags: { dataDir } });
  const job = (await api.get(`/api/jobs/${id}`)).json();
  assert.partialDeepStrictEqual(job, {
    status: "pending",
    code: "from an older version",
    namespace: "alice",
  });
  assert.deepEqual(JSON.parse(await readFile(join(dataDir, "format.json"), "utf8")), { format: dataFormat });
});

for (const [what, file, content, sentence] of [
  [
    "a newer format",
    "format.json",
    '{"format": 99}',
    /has format 99, but this program knows only formats up to \d/,
  ],
  ["a format that cannot be read", "format.json", "?", /does not say which format the data directory has/],
  [
    "an interrupted restore",
    unfinishedRestore,
    "",
    /was interrupted\. Empty the directory and restore again/,
  ],
] as const) {
  test(`${what} stops the start with a sentence, before anything is changed`, async (t) => {
    const dataDir = await temporaryDirectory(t);
    await writeFile(join(dataDir, file), content);
    const { code, stderr } = await runToEnd(["--port", "0", "--data-dir", dataDir], { HOME: dataDir });
    assert.equal(code, 1);
    assert.match(stderr, sentence);
    assert.deepEqual(
      (await readdir(dataDir)).filter((name) => !name.startsWith("zerverless.")),
      [file],
    );
    assert.equal(await readFile(join(dataDir, file), "utf8"), content);
  });
}

test("a database of a newer version stops the start with a sentence", async (t) => {
  const dataDir = await temporaryDirectory(t);
  const newer = openDatabase(join(dataDir, "zerverless.db"), [
    ...readMigrations(),
    { name: "9999-future.sql", sql: "CREATE TABLE future (a)" },
  ]);
  newer.close();
  const { code, stderr } = await runToEnd(["--port", "0", "--data-dir", dataDir], { HOME: dataDir });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /The database has version \d+, but this program knows only versions up to \d+\. Start the newer/,
  );
});
