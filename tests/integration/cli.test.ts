import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { launcher, runToEnd, spawnOrchestrator } from "../support/spawn.ts";

test("it prints its version and its help", async () => {
  assert.match((await runToEnd(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
  const help = await runToEnd(["--help"]);
  assert.equal(help.code, 0);
  for (const command of ["serve", "work", "run", "deploy", "kv"]) assert.ok(help.stdout.includes(command));
});

test("each command's help names its flags", async () => {
  const serve = await runToEnd(["serve", "--help"]);
  for (const flag of ["--workers", "--port", "--host", "--data-dir", "--slots", "--namespaces", "--share"]) {
    assert.ok(serve.stdout.includes(flag), flag);
  }
  const { code, stdout } = await runToEnd(["help", "run"]);
  assert.equal(code, 0);
  assert.match(stdout, /--input JSON/);
});

test("an unknown flag ends with a sentence and status 2", async () => {
  const { code, stdout, stderr } = await runToEnd(["--nonsense"]);
  assert.deepEqual([code, stdout, stderr], [2, "", "zerverless: There is no flag --nonsense; try --help.\n"]);
});

test("a setting that cannot be used ends with a sentence that names it", async () => {
  const { code, stderr } = await runToEnd([], { HOME: "/nonexistent", HTTP_PORT: "eighty" });
  assert.equal(code, 2);
  assert.equal(stderr, 'zerverless: HTTP_PORT must be a whole number from 0 to 65535, not "eighty".\n');
});

test("an address that others can reach is not opened to them by a variable alone", async () => {
  const { code, stderr } = await runToEnd(["--host", "0.0.0.0"], {
    HOME: "/nonexistent",
    REQUIRE_TOKENS: "off",
  });
  assert.equal(code, 2);
  assert.match(stderr, /^zerverless: REQUIRE_TOKENS is off, but others can reach 0\.0\.0\.0: say --insecure/);
});

test("a data directory that cannot be used ends with a sentence that names it", async (t) => {
  const home = await temporaryDirectory(t);
  const file = join(home, "file");
  await writeFile(file, "");
  const { code, stderr } = await runToEnd(["--port", "0", "--data-dir", join(file, "data")], { HOME: home });
  assert.equal(code, 1);
  assert.match(stderr, /^zerverless: The data directory \S+ cannot be used: .*\.\n$/);
});

test("two orchestrators cannot share a data directory", async (t) => {
  const { dataDir, process: first } = await spawnOrchestrator(t);
  const { code, stderr } = await runToEnd(["--port", "0", "--data-dir", dataDir], { HOME: dataDir });
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^zerverless: The data directory .* is in use .*${first.pid}`));
});

test("two orchestrators cannot share a port", async (t) => {
  const { url } = await spawnOrchestrator(t);
  const home = await temporaryDirectory(t);
  const { code, stderr } = await runToEnd(["--port", url.port, "--data-dir", home], { HOME: home });
  assert.equal(code, 1);
  assert.equal(
    stderr,
    `zerverless: Port ${url.port} of 127.0.0.1 is in use already; choose another with --port.\n`,
  );
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  test(`${signal} stops it in order`, async (t) => {
    const { process: child, ended, api } = await spawnOrchestrator(t);
    assert.equal((await api.get("/health")).status, 200);
    child.kill(signal);
    assert.equal(await ended, 0);
  });
}

test("a job accepted before kill -9 is there afterwards", async (t) => {
  const first = await spawnOrchestrator(t);
  const accepted = await first.api.post("/api/jobs", { job_type: "js", code: "1" });
  assert.equal(accepted.status, 201);
  first.process.kill("SIGKILL");
  assert.equal(await first.ended, "SIGKILL");
  const second = await spawnOrchestrator(t, { dataDir: first.dataDir });
  const read = await second.api.get(String(accepted.headers.location));
  assert.partialDeepStrictEqual(read.json(), { status: "pending", code: "1" });
});

test("it runs through a link from elsewhere", async (t) => {
  const home = await temporaryDirectory(t);
  await symlink(launcher, join(home, "absolute"));
  await symlink("absolute", join(home, "relative"));
  const child = spawn(join(home, "relative"), ["--version"], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: "/",
  });
  assert.match(await text(child.stdout), /^\d+\.\d+\.\d+\n$/);
});

test("without a Node that is new enough it says what to do", async (t) => {
  const home = await temporaryDirectory(t);
  for (const directory of ["bin", "path", "node_modules/zod"])
    await mkdir(join(home, directory), { recursive: true });
  await writeFile(join(home, "node_modules/zod/package.json"), "{}");
  await copyFile(launcher, join(home, "bin/zerverless"));
  await writeFile(join(home, "path/node"), "#!/bin/sh\necho 20\n", { mode: 0o755 });
  const child = spawn(join(home, "bin/zerverless"), ["--version"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: `${join(home, "path")}:/usr/bin:/bin` },
  });
  const ended = once(child, "close");
  assert.match(await text(child.stderr), /^zerverless: no Node\.js 24 or later found\. Run "make build" in /);
  await ended;
  assert.equal(child.exitCode, 1);
});

test("without its packages it says what to do", async (t) => {
  const home = await temporaryDirectory(t);
  await mkdir(join(home, "bin"));
  const copy = join(home, "bin", "zerverless");
  await copyFile(launcher, copy);
  const child = spawn(copy, ["--version"], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "close");
  assert.match(
    await text(child.stderr),
    /^zerverless: its packages are not installed\. Run "make build" in /,
  );
  await ended;
  assert.equal(child.exitCode, 1);
});
