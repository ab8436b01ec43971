import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { buildWasmExamples } from "../../scripts/build-wasm-examples.ts";
import { deploymentOf, expectedFields, readExample, submissionOf } from "../../scripts/examples.ts";
import { runJob } from "../support/jobs.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir, volunteersConnected } from "../support/worker.ts";

const examples = join(import.meta.dirname, "../../examples");

test("every example gives what its example.json says", { timeout: 120_000 }, async (t) => {
  await buildWasmExamples();
  const { api, url } = await spawnOrchestrator(t, {
    args: ["--workers", "2"],
    env: { CACHE_DIR: testCacheDir },
  });
  await volunteersConnected(api, 2);
  // Its functions are for the test below.
  const folders = (await readdir(examples, { withFileTypes: true })).filter(
    (entry) => entry.isDirectory() && entry.name !== "functions",
  );
  assert.ok(folders.length >= 5);
  for (const { name } of folders) {
    await t.test(name, async () => {
      const folder = join(examples, name);
      const example = await readExample(folder);
      const job = await runJob(api, await submissionOf(url.origin, folder, example));
      assert.equal(job.status, "completed", job.error ?? "");
      assert.deepEqual(expectedFields(example, job), example.expect);
    });
  }
});

test("the functions among the examples count in one database", { timeout: 90_000 }, async (t) => {
  await buildWasmExamples();
  const { api, url } = await spawnOrchestrator(t, {
    args: ["--workers", "1"],
    env: { CACHE_DIR: testCacheDir },
  });
  const answers: string[] = [];
  for (const language of ["lua", "js", "python", "wasm"] as const) {
    const deployed = await api.post(
      `/api/deploy/demo/${language}`,
      await deploymentOf(url.origin, examples, language),
    );
    assert.equal(deployed.status, 201, deployed.text);
    answers.push((await api.get(`/demo/${language}?name=Ada`)).text);
  }
  assert.deepEqual(answers, [
    "Hello, Ada, from Lua: greeting 1",
    "Hello, Ada, from JavaScript: greeting 2",
    "Hello, Ada, from Python: greeting 3",
    "Call number 1\n",
  ]);
});

test("the reference's three jobs answer as it says", { timeout: 90_000 }, async (t) => {
  const { api } = await spawnOrchestrator(t, { args: ["--workers", "2"], env: { CACHE_DIR: testCacheDir } });
  await volunteersConnected(api, 2);
  const python = await runJob(api, {
    job_type: "python",
    code: 'print("Hello from Python!")\nprint(2 + 2)',
    timeout_seconds: 30,
  });
  assert.equal(python.stdout, "Hello from Python!\n4\n");
  const js = await runJob(api, {
    job_type: "js",
    code: 'console.log("Hello from JS!"); 42',
    timeout_seconds: 30,
  });
  assert.deepEqual([js.result, js.stdout], [42, "Hello from JS!\n"]);
  const lua = await runJob(api, {
    job_type: "lua",
    namespace: "alice",
    code: 'print("Hello " .. INPUT.name); return INPUT.x + INPUT.y',
    input_data: { name: "World", x: 10, y: 32 },
    timeout_seconds: 30,
  });
  assert.deepEqual([lua.result, lua.stdout], [42, "Hello World\n"]);
});
