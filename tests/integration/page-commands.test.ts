/** What the documentation shows, done as it is printed. README.md is in tests/browser/newcomer.test.ts. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { cliPage, withCommands } from "../../scripts/build-cli-page.ts";
import { buildWasmExamples } from "../../scripts/build-wasm-examples.ts";
import { Desk } from "../support/desk.ts";
import { agrees, pageBlocks, pageCommands, pageSteps } from "../support/page-commands.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir } from "../support/worker.ts";

const docs = resolve(import.meta.dirname, "../../docs");
/** tests/integration/packages.test.ts does what this page says. */
const elsewhere = new Set(["sdk.md"]);
const readPage = (name: string) => readFile(join(docs, name), "utf8");
const names = (await readdir(docs, { recursive: true }))
  .filter((name) => name.endsWith(".md") && !elsewhere.has(name))
  .sort();

describe("every command of the documentation does what it says, in the order it is printed", () => {
  for (const name of names) {
    test(name, { timeout: 180_000 }, async (t) => {
      const steps = pageSteps(await readPage(name)).filter((step) => !("url" in step));
      const commands = steps.filter((step) => "text" in step);
      if (commands.length === 0) return;
      await buildWasmExamples();
      const desk = await Desk.open(t);
      const startsOne = commands.some(({ text }) => /zerverless (?:serve\b|--workers)/.test(text));
      if (!startsOne) await desk.start(2);
      for (const step of steps) {
        if ("name" in step) await desk.write(step.name, step.content);
        else if ("text" in step)
          await t.test(`line ${step.line}: ${step.text.split("\n", 1)}`, () => desk.follow(step));
      }
    });
  }

  test("the pages that show most are among them", async () => {
    const counts = await Promise.all(
      ["quick-start.md", "deploying.md", "database.md", "files.md", "cli.md"].map(async (name) => {
        assert.ok(names.includes(name));
        return pageCommands(await readPage(name)).length;
      }),
    );
    assert.ok(counts.every((count) => count >= 5) && Math.max(...counts) >= 30, String(counts));
  });
});

test("docs/cli.md is what --help prints; node scripts/build-cli-page.ts brings it up to date", async () => {
  const page = await readFile(cliPage, "utf8");
  assert.equal(page, withCommands(page));
});

test("the handlers that docs/deploying.md shows answer as they say", { timeout: 90_000 }, async (t) => {
  const page = await readPage("deploying.md");
  const { api } = await spawnOrchestrator(t, { args: ["--workers", "1"], env: { CACHE_DIR: testCacheDir } });
  const runtimes = { lua: "lua", javascript: "js", python: "python" };
  for (const [language, runtime] of Object.entries(runtimes)) {
    await t.test(language, async () => {
      const [code, ...others] = pageBlocks(page, language);
      assert.deepEqual(others, []);
      const deployed = await api.post(`/api/deploy/page/${runtime}`, { runtime, code });
      assert.equal(deployed.status, 201, deployed.text);
      const answer = await api.get(`/page/${runtime}`);
      assert.deepEqual(
        [answer.status, answer.headers["content-type"], answer.text],
        [200, "application/json", "response body"],
      );
    });
  }
});

describe("the code that the pages of the runtimes show runs", () => {
  const runtimes = [
    { page: "runtimes/js.md", fence: "js", extension: "js" },
    { page: "runtimes/lua.md", fence: "lua", extension: "lua" },
    { page: "runtimes/python.md", fence: "python", extension: "py" },
  ];
  for (const { page, fence, extension } of runtimes) {
    test(page, { timeout: 120_000 }, async (t) => {
      const blocks = pageBlocks(await readPage(page), fence);
      assert.ok(blocks.length >= 2);
      const desk = await Desk.open(t);
      await desk.start(1);
      await desk.type("npm install hono");
      for (const [index, code] of blocks.entries()) {
        const file = `block-${index}.${extension}`;
        await desk.write(file, code);
        // Those without a handler are jobs.
        const isFunction = /\bhandle\b|export default/.test(code);
        const deploy = `zerverless deploy ${file} --to page/${fence}/${index}`;
        const done = await desk.type(isFunction ? deploy : `zerverless run ${file}`);
        assert.ok(done.ok, done.text);
        if (!isFunction) continue;
        const rest = code.includes("/hello/:name") ? "/hello/you" : "";
        const answer = await desk.orchestrator.api.get(`/page/${fence}/${index}${rest}`);
        assert.equal(answer.status, 200, answer.text);
      }
    });
  }
});

test("pages are read as a reader would", () => {
  const page = [
    "```bash",
    "# a comment",
    "first --flag   # said",
    "second \\",
    "  -d '{",
    '    "a": "# no comment"',
    "  }'",
    '# Returns: {"b":…}',
    "```",
    "Open <http://localhost:8000/x/> and press **Go**.",
    "```lua third.lua",
    "third()",
    "```",
    "```bash",
    "fourth",
    "```",
    "",
    "```text",
    "one",
    "two",
    "```",
  ].join("\n");
  assert.deepEqual(pageSteps(page), [
    { line: 3, text: "first --flag   # said", returns: undefined },
    { line: 4, text: 'second \\\n  -d \'{\n    "a": "# no comment"\n  }\'', returns: '{"b":…}' },
    { line: 10, url: "http://localhost:8000/x/", button: "Go" },
    { line: 12, name: "third.lua", content: "third()\n" },
    { line: 15, text: "fourth", returns: "one\ntwo" },
  ]);
  assert.ok(agrees('{"b":1}\n', '{"b":…}'));
  assert.ok(!agrees('{"b":1}', '{"c":…}'));
  assert.throws(() => pageCommands("```bash\necho 'open\n```\n"), /line 2/);
});
