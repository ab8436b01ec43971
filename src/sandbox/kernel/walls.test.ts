/** The compiler keeps kernel code from what only one of its hosts has, and realm code from everything but the language. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Compiles snippets as part of a project and tells what the compiler says of each. */
async function complaints(
  project: string,
  snippets: Readonly<Record<string, string>>,
): Promise<Map<string, string>> {
  // Within the project, so that packages are found as they are for kernel code.
  await mkdir(join(root, "build"), { recursive: true });
  const folder = await mkdtemp(join(root, "build/walls-"));
  try {
    const files = [...Object.keys(snippets).map((name) => `${name}.ts`)];
    for (const [name, code] of Object.entries(snippets)) await writeFile(join(folder, `${name}.ts`), code);
    const include = project === "tsconfig.kernel.json" ? [join(root, "src/sandbox/kernel/**/*.d.ts")] : [];
    const config = { extends: join(root, project), files, include };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(root, "node_modules/.bin/tsc");
    const said = await promisify(execFile)(tsc, ["-p", folder, "--pretty", "false"], { cwd: folder }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
    const lineOf = (name: string) => said.split("\n").find((line) => line.startsWith(`${name}.ts(`));
    return new Map(Object.keys(snippets).map((name) => [name, lineOf(name) ?? ""]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("kernel code that touches node:, Deno or the DOM does not compile", async () => {
  const said = await complaints("tsconfig.kernel.json", {
    allowed: "export const size = new TextEncoder().encode('x').length + performance.now();",
    node: "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('/etc/passwd', 'utf8');",
    process: "export const secrets = process.argv;",
    deno: "export const text = Deno.readTextFileSync('/etc/passwd');",
    dom: "export const title = document.title;",
    storage: "export const stored = localStorage.length;",
  });
  assert.equal(said.get("allowed"), "");
  assert.match(said.get("node") ?? "", /node:fs/);
  assert.match(said.get("process") ?? "", /'process'/);
  assert.match(said.get("deno") ?? "", /'Deno'/);
  assert.match(said.get("dom") ?? "", /'document'/);
  assert.match(said.get("storage") ?? "", /'localStorage'/);
});

test("realm code that touches what a realm does not have does not compile", async () => {
  const said = await complaints("tsconfig.realm.json", {
    allowed: "export const date = new Date().toISOString();",
    encoder: "export const bytes = new TextEncoder().encode('x');",
    timer: "setTimeout(() => {}, 1);",
    console: "console.log('x');",
  });
  assert.equal(said.get("allowed"), "");
  assert.match(said.get("encoder") ?? "", /'TextEncoder'/);
  assert.match(said.get("timer") ?? "", /'setTimeout'/);
  assert.match(said.get("console") ?? "", /'console'/);
});
