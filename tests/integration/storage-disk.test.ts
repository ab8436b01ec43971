import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { NamespaceDiskReport } from "../support/namespace-disk-probe.ts";

const probe = join(import.meta.dirname, "../support/namespace-disk-probe.ts");

test("what the disk refuses is refused with a sentence, and nothing of it is kept or left behind", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-disk-"));
  t.after(() => rm(directory, { recursive: true }));
  // Blocks of 512 bytes for a POSIX shell, of 1,024 for bash: 2 or 4 MiB.
  const limited = 'ulimit -f 4096 && exec "$1" "$2" "$3"';
  const { status, stdout, stderr } = spawnSync(
    "sh",
    ["-c", limited, "sh", process.execPath, probe, directory],
    {
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  assert.equal(status, 0, stderr);
  const report = JSON.parse(stdout) as NamespaceDiskReport;
  assert.ok(report.kvAccepted > 10);
  assert.equal(report.kvRefusal?.code, "storage_unavailable");
  assert.match(report.kvRefusal.message, /^The disk .*\. Nothing was kept\.$/);
  assert.equal(report.kvHeld, report.kvAccepted);
  assert.equal(report.kvAfterDelete, true);
  assert.deepEqual(report.fileRefusal, {
    code: "storage_unavailable",
    message: "The file could not be kept: the file would be larger than allowed.",
  });
  assert.equal(report.contentsAfterRefusal, 0);
  assert.equal(report.smallFile, "small");
});
