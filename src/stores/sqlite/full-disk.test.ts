import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { FullDiskReport } from "../../../tests/contracts/full-disk-probe.ts";

const probe = fileURLToPath(new URL("../../../tests/contracts/full-disk-probe.ts", import.meta.url));

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-full-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function run(command: string, args: readonly string[]) {
  return spawnSync(command, args, { encoding: "utf8", timeout: 60_000 });
}

function reportOf({ status, stdout, stderr }: ReturnType<typeof run>): FullDiskReport {
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Runs a shell script where `$1` is a fresh file system of its own, whether this is root or not. */
function inFileSystem(directory: string, options: string, script: string, ...args: readonly string[]) {
  const mount = `mount -t tmpfs -o ${options} tmpfs "$1" && ${script}`;
  return run("unshare", ["--map-root-user", "--mount", "sh", "-c", mount, "sh", directory, ...args]);
}

const noFileSystems =
  inFileSystem(tmpdir(), "size=64k", "true").status === 0 ? false : "this system lets nobody mount a tmpfs";

function nothingIsLost(report: FullDiskReport): void {
  assert.ok(report.accepted > 0);
  assert.equal(report.heldWhileFull, report.accepted);
  assert.equal(report.heldAfterRestart, report.accepted);
  assert.equal(report.lastIsWhole, true);
}

test("a full disk refuses what it cannot keep, keeps what it accepted, and accepts again later", {
  skip: noFileSystems,
}, (t) => {
  const directory = directoryFor(t);
  const script = 'exec "$2" "$3" "$1"';
  const report = reportOf(inFileSystem(directory, "size=3m", script, process.execPath, probe));
  nothingIsLost(report);
  assert.deepEqual(report.jobRefusal, {
    code: "storage_unavailable",
    message: "The disk is full. Nothing was kept.",
  });
  assert.deepEqual(report.blockRefusal, {
    code: "storage_unavailable",
    message: "The block cannot be stored: the disk is full.",
  });
  assert.equal(report.afterwards, "accepted");
});

test("a limit on the size of files refuses what it cannot keep and keeps what was accepted", (t) => {
  const dataDir = join(directoryFor(t), "data");
  mkdirSync(dataDir);
  // Blocks of 512 bytes for a POSIX shell, of 1,024 for bash: 1 or 2 MiB.
  const report = reportOf(
    run("sh", ["-c", 'ulimit -f 2048 && exec "$2" "$3" "$1"', "sh", dataDir, process.execPath, probe]),
  );
  nothingIsLost(report);
  assert.equal(report.jobRefusal.code, "storage_unavailable");
  assert.match(report.jobRefusal.message, /^The disk (reported an error|is full)\. Nothing was kept\.$/);
  assert.deepEqual(report.blockRefusal, {
    code: "storage_unavailable",
    message: "The block cannot be stored: the file would be larger than allowed.",
  });
});

test("a read-only file system is refused at start in a sentence", { skip: noFileSystems }, (t) => {
  const directory = directoryFor(t);
  const module = new URL("data-lock.ts", import.meta.url).href;
  const claim = `const { DataLock } = await import(${JSON.stringify(module)});
    try { DataLock.acquire(process.argv[1]); } catch (error) { console.log(error.code + " " + error.message); }`;
  const script = 'exec "$2" --input-type=module -e "$3" "$1"';
  const existing = inFileSystem(directory, "ro", script, process.execPath, claim);
  assert.equal(
    existing.stdout,
    `storage_unavailable The data directory ${directory} cannot be used: the file system is read-only.\n`,
  );
  const made = inFileSystem(directory, "ro", script.replace('"$1"', '"$1/data"'), process.execPath, claim);
  assert.equal(
    made.stdout,
    `storage_unavailable The data directory ${directory}/data cannot be used: it does not exist and cannot be made.\n`,
  );
});
