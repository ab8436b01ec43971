import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readWhole } from "../../src/namespaces/file-bodies.ts";
import { parseFilePath } from "../../src/namespaces/file-path.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { LocalFileStore } from "../../src/stores/files/file-store.ts";
import { liveAndDie } from "../support/live-and-die.ts";

const writer = join(import.meta.dirname, "../support/file-writer.ts");
const lanes = 16;
const roundsPerLife = 250;
const lives = 4;

test("kill -9 loses no acknowledged upload, tears no file and leaves nothing behind", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-files-"));
  t.after(() => rm(directory, { recursive: true }));
  let firstRound = 1;
  for (let life = 0; life < lives; life++) {
    const last = await liveAndDie(writer, { directory, lanes, firstRound }, roundsPerLife);
    await using store = await LocalFileStore.open({ directory, clock: systemClock, log: noLog });
    let bytes = 0;
    for (const [lane, acknowledged] of last) {
      const file = await store.find("alice", parseFilePath(`${lane}`));
      const content = file && (await readWhole(store, file));
      assert.ok(content, `the file of lane ${lane} is gone`);
      assert.equal(file.etag, createHash("sha256").update(content).digest("hex"));
      const round = Number.parseInt(content.toString(), 10);
      assert.ok(round === acknowledged || round === acknowledged + 1, `${round} after ${acknowledged}`);
      assert.equal(content.length, `${round}\n`.length + 3000 * (round % 5));
      bytes += content.length;
    }
    assert.deepEqual(await store.usage("alice"), { files: lanes, bytes });
    // At most one file of each lane was between its upload and its deletion.
    const passing = await store.list("bob", { prefix: "", after: undefined, limit: 1000 });
    for (const file of passing) assert.equal(await store.delete("bob", file.path), true);
    await store.removed();
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const contents = entries.filter((entry) => entry.isFile() && !entry.name.startsWith("index.db"));
    assert.equal(contents.length, lanes);
    firstRound = Math.max(...last.values()) + 2;
  }
});
