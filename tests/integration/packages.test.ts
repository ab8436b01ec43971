/** What `npm pack` makes, installed into empty folders: nothing of the checkout is in reach there. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { extract } from "tar";
import { buildSdk } from "../../scripts/build-sdk.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { pageBlocks } from "../support/page-commands.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir, volunteersConnected } from "../support/worker.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const binaries = join(root, "node_modules/.bin");
const path = [dirname(process.execPath), process.env.PATH].join(delimiter);

/** Strict, and with no types but those of the packages that are installed. */
const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  target: "esnext",
  module: "nodenext",
  lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
  types: [],
};

/** What is typed into a terminal in a folder, and printed there. */
async function typed(folder: string, program: string, ...words: string[]): Promise<string> {
  const env = { PATH: path, HOME: folder, npm_config_cache: join(folder, ".npm") };
  const { stdout } = await run(program, words, { cwd: folder, env, timeout: 60_000 }).catch((error) => {
    throw new Error(`${program} ${words.join(" ")} failed:\n${error.stdout}${error.stderr}`);
  });
  return stdout;
}

async function packed(folder: string, source: string): Promise<string> {
  const names = await typed(folder, "npm", "pack", source, "--silent");
  return join(folder, names.trim().split("\n").at(-1) ?? "");
}

async function assertTypes(folder: string): Promise<void> {
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  await typed(folder, join(binaries, "tsc"), "-p", folder);
}

async function spawned(t: TestContext) {
  const node = await spawnOrchestrator(t, { args: ["--workers", "1"], env: { CACHE_DIR: testCacheDir } });
  await volunteersConnected(node.api, 1);
  return node.url;
}

/** The lines that a program says it prints, in comments behind `console.log`. */
function expectedLines(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line = ""]) => line);
}

test("the client's package installs nothing else, and runs what docs/sdk.md shows in Node and in Deno", {
  timeout: 120_000,
}, async (t) => {
  const folder = await temporaryDirectory(t);
  const tarball = await packed(folder, await buildSdk());
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await typed(folder, "npm", "install", "--offline", "--no-audit", "--no-fund", tarball);
  const installed = await readdir(join(folder, "node_modules"));
  assert.deepEqual(
    installed.filter((name) => !name.startsWith(".")),
    ["zerverless-client"],
  );

  const url = await spawned(t);
  const blocks = pageBlocks(await readFile(join(root, "docs/sdk.md"), "utf8"), "typescript");
  assert.ok(blocks.length >= 4);
  const programs = blocks.map((code, index) => ({ name: `block-${index}.ts`, code }));
  for (const { name, code } of programs) {
    await writeFile(join(folder, name), code.replaceAll("http://localhost:8000", url.origin));
  }
  await assertTypes(folder);
  const runtimes = [[process.execPath], [join(binaries, "deno"), "run", "--allow-net", "--cached-only"]];
  for (const [program = "", ...words] of runtimes) {
    for (const { name, code } of programs) {
      const lines = (await typed(folder, program, ...words, name)).split("\n").filter(Boolean);
      assert.deepEqual(lines, expectedLines(code), `${program} ${name}`);
    }
  }
});

test("the whole package starts, runs a job and has the client with its types", {
  timeout: 180_000,
}, async (t) => {
  const folder = await temporaryDirectory(t);
  const tarball = await packed(folder, root);
  const modules = join(folder, "node_modules");
  const home = join(modules, "zerverless");
  await mkdir(home, { recursive: true });
  await extract({ file: tarball, cwd: home, strip: 1 });
  // What npm would fetch for it, and no package more.
  const manifest: { dependencies: Record<string, string> } = JSON.parse(
    await readFile(join(home, "package.json"), "utf8"),
  );
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }

  const launcher = join(home, "bin/zerverless");
  const { url, api } = await spawnOrchestrator(t, {
    launcher,
    args: ["--workers", "1"],
    env: { PATH: path, CACHE_DIR: testCacheDir },
  });
  await volunteersConnected(api, 1);
  await writeFile(join(folder, "hello.lua"), 'print("Hello"); return 6 * 7');
  const printed = await typed(folder, launcher, "run", "hello.lua", "--url", url.origin);
  assert.equal(printed, "Hello\n42\n");
  assert.equal((await api.get("/dashboard/")).status, 200);

  const program = [
    'import { Zerverless, type JobDetail } from "zerverless/client";',
    `const job: JobDetail = await new Zerverless({ url: "${url.origin}" }).jobs.run({ job_type: "js", code: "6 * 7" });`,
    "console.log(job.result);",
  ];
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await writeFile(join(folder, "program.ts"), program.join("\n"));
  await assertTypes(folder);
  assert.equal(await typed(folder, process.execPath, "program.ts"), "42\n");
});
