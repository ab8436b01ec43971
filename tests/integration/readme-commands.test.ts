import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { buildWasmExamples } from "../../scripts/build-wasm-examples.ts";
import { type CurlCommand, curlCommands, runCurl } from "../support/curl.ts";
import { bootOrchestrator, temporaryDirectory } from "../support/orchestrator.ts";
import { testCacheDir } from "../support/worker.ts";

const root = resolve(import.meta.dirname, "../..");
const wasmModule = join(root, "examples/wasm-add/build/add.wasm");

/** A command of the page with the ids that earlier answers gave put in the places that stand for them. */
function fillIn(command: CurlCommand, ids: ReadonlyMap<string, string>): CurlCommand {
  const fill = (text: string) =>
    text.replace("JOB_ID", ids.get("id") ?? "JOB_ID").replace('"CID"', `"${ids.get("cid") ?? "CID"}"`);
  return { ...command, path: fill(command.path), body: command.body && fill(command.body) };
}

test("every command that the readme prints does what it is there for", async (t) => {
  const { api } = await bootOrchestrator(t, { flags: { workers: 2 }, env: { CACHE_DIR: testCacheDir } });
  const directory = await temporaryDirectory(t);
  // Other tests may be reading it, so it is made only where `make build` was not run.
  if (!existsSync(wasmModule)) await buildWasmExamples();
  await copyFile(wasmModule, join(directory, "module.wasm"));
  await writeFile(join(directory, "index.html"), "<h1>hello</h1>\n");

  const commands = curlCommands(await readFile(join(root, "README.md"), "utf8"));
  assert.ok(commands.length > 10);
  const ids = new Map<string, string>();
  const answers = new Map<string, string>();
  for (const printed of commands) {
    const command = fillIn(printed, ids);
    const answer = await runCurl(api, command, directory);
    // By the time that the page cancels its job, it has ended here.
    const fine = answer.status < 300 || (command.method === "DELETE" && answer.status === 409);
    assert.ok(fine, `${command.text}\nanswered ${answer.status}: ${answer.text}`);
    answers.set(command.path, answer.text);
    for (const [, name = "", value = ""] of answer.text.matchAll(/"(id|cid)":"([^"]+)"/g))
      ids.set(name, value);
  }
  // The last of the jobs that the page waits for adds 40 and 2 in WebAssembly.
  assert.match(answers.get("/api/jobs?wait=30") ?? "", /"result":42/);
  assert.equal(answers.get("/alice/hello?name=World"), "Hello, World!");
  assert.equal(answers.get("/static/alice/index.html"), "<h1>hello</h1>\n");
});
