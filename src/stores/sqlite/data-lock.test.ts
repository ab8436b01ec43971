import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { AppError } from "../../stdx/errors.ts";
import { DataLock } from "./data-lock.ts";

function directoryFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "zerverless-lock-"));
  t.after(() => rmSync(directory, { recursive: true }));
  return directory;
}

function refusal(dataDir: string): string {
  try {
    DataLock.acquire(dataDir)[Symbol.dispose]();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, "storage_unavailable");
    return error.message;
  }
  return assert.fail("The directory was claimed.");
}

/** A process that claims the directory, says "held", and stays. */
async function holder(t: TestContext, dataDir: string): Promise<ChildProcess> {
  const module = JSON.stringify(new URL("data-lock.ts", import.meta.url).href);
  const script = `const { DataLock } = await import(${module});
    globalThis.lock = DataLock.acquire(${JSON.stringify(dataDir)});
    console.log("held");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  assert.equal(String(line), "held\n");
  return child;
}

test("a directory is made, claimed, and free again afterwards", (t) => {
  const dataDir = join(directoryFor(t), "deep", "down");
  for (let round = 0; round < 2; round++) {
    using _lock = DataLock.acquire(dataDir);
    assert.equal(readFileSync(join(dataDir, "zerverless.pid"), "utf8"), `${process.pid}\n`);
  }
  assert.equal(existsSync(join(dataDir, "zerverless.pid")), false);
});

test("a second claim in the same process is refused", (t) => {
  const dataDir = directoryFor(t);
  using _lock = DataLock.acquire(dataDir);
  assert.equal(
    refusal(dataDir),
    `The data directory ${dataDir} is in use by another Zerverless process (pid ${process.pid}).`,
  );
  assert.match(refusal(dataDir), /in use/, "a refused claim takes nothing from the holder");
});

test("a claim of another process is refused, with its pid", async (t) => {
  const dataDir = directoryFor(t);
  const { pid } = await holder(t, dataDir);
  assert.equal(
    refusal(dataDir),
    `The data directory ${dataDir} is in use by another Zerverless process (pid ${pid}).`,
  );
});

test("kill -9 of the holder frees the directory, whatever its pid file says", async (t) => {
  const dataDir = directoryFor(t);
  const child = await holder(t, dataDir);
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.equal(readFileSync(join(dataDir, "zerverless.pid"), "utf8"), `${child.pid}\n`);
  using _lock = DataLock.acquire(dataDir);
  assert.equal(readFileSync(join(dataDir, "zerverless.pid"), "utf8"), `${process.pid}\n`);
});

test("a path that cannot be a directory is named in the refusal", (t) => {
  const file = join(directoryFor(t), "file");
  writeFileSync(file, "");
  assert.equal(refusal(file), `The data directory ${file} cannot be used: it exists and is not a directory.`);
  assert.equal(
    refusal(join(file, "data")),
    `The data directory ${file}/data cannot be used: a part of the path is not a directory.`,
  );
});
