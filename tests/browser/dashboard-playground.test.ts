import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { Zerverless } from "../../src/client/index.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";
import { assemble } from "../support/wat.ts";
import { testCacheDir } from "../support/worker.ts";

const example = (path: string) =>
  readFile(fileURLToPath(new URL(`../../examples/${path}`, import.meta.url)), "utf8");

describe("the dashboard's playground", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function open(t: TestContext, query = "", workers = 0) {
    const { url } = await bootOrchestrator(t, { flags: { workers }, env: { CACHE_DIR: testCacheDir } });
    const opened = await openPage(t, browser);
    await opened.page.goto(new URL(`/dashboard/playground${query}`, url).href);
    await code(opened.page).waitFor();
    return { url, client: new Zerverless({ url }), ...opened };
  }

  const code = (page: Page) => page.getByRole("textbox", { name: /^Code/ });
  const input = (page: Page) => page.getByRole("textbox", { name: /^Input/ });
  const outcome = (page: Page) => page.getByRole("region", { name: "Outcome" });
  const lines = async (page: Page) => (await code(page).locator(".cm-line").allTextContents()).join("\n");
  /** As one does it at the keyboard: the browser's own replacement would carry styles over that the policy refuses. */
  async function write(page: Page, box: Locator, text: string): Promise<void> {
    await box.press("Control+A");
    await box.press("Delete");
    await page.keyboard.insertText(text);
  }
  const language = (page: Page, name: string) => page.getByRole("radio", { name, exact: true });

  test("code is written, run, and its output and result are shown; a reload keeps all of it", async (t) => {
    const { page, client, complaints } = await open(t, "?language=js", 1);
    await write(page, code(page), 'console.log("counting"); return INPUT.n * 2;');
    await write(page, input(page), '{"n": 21}');
    await page.getByLabel("Namespace").fill("alice");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await outcome(page).getByRole("region", { name: "Result" }).getByText("42").waitFor();
    await outcome(page).getByRole("log").getByText("counting").waitFor();
    await outcome(page).getByText("Waited in the queue").waitFor();
    await assertLooksRight(page);
    const { jobs } = await client.jobs.list();
    assert.deepEqual(
      jobs.map((job) => [job.namespace, job.job_type, job.result]),
      [["alice", "js", 42]],
    );
    await page.reload();
    await code(page).waitFor();
    assert.equal(await lines(page), 'console.log("counting"); return INPUT.n * 2;');
    assert.equal(await page.getByLabel("Namespace").inputValue(), "alice");
    await outcome(page).getByRole("region", { name: "Result" }).getByText("42").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("Control and Enter run it, and what is no JSON is told beside the input", async (t) => {
    const { page, client } = await open(t, "?language=lua");
    await write(page, input(page), "{");
    await code(page).press("Control+Enter");
    await page.getByRole("alert").getByText("The input must be JSON").waitFor();
    await assertLooksRight(page);
    assert.equal((await client.jobs.list()).total, 0);
    await write(page, input(page), "[1]");
    await code(page).press("Control+Enter");
    await outcome(page).getByText("No volunteer is connected").waitFor();
    assert.equal((await client.jobs.list()).total, 1);
  });

  test("each language is highlighted, and keeps its own code", async (t) => {
    const { page } = await open(t);
    const seen = new Set<string>();
    for (const name of ["Python", "JS · TS", "Lua"]) {
      await language(page, name).check();
      await code(page).locator(".cm-line span[class]").first().waitFor();
      seen.add(await lines(page));
    }
    assert.equal(seen.size, 3);
    await write(page, code(page), "return 1");
    await language(page, "Python").check();
    await language(page, "Lua").check();
    assert.equal(await lines(page), "return 1");
  });

  test("the examples are in it, and an address can name one", async (t) => {
    const { page } = await open(t, "?example=n-queens");
    await code(page).getByText("Places n queens").waitFor();
    assert.equal(await language(page, "Lua").isChecked(), true);
    assert.equal(await lines(page), (await example("n-queens/main.lua")).trimEnd().concat("\n"));
    assert.match((await input(page).textContent()) ?? "", /"n": 8/);
    await page.getByLabel("Example").selectOption({ label: "Monte carlo pi · Python" });
    await code(page).getByText("samples").first().waitFor();
    assert.equal(await language(page, "Python").isChecked(), true);
  });

  test("a module is uploaded, shown by what it imports and exports, and run", async (t) => {
    const { page, complaints } = await open(t, "", 1);
    const module = await assemble(`(module
      (import "env" "set_output" (func $set (param i32 i32)))
      (memory (export "memory") 1) (data (i32.const 0) "42")
      (func (export "run") (call $set (i32.const 0) (i32.const 2))))`);
    await language(page, "Wasm").check();
    await page
      .getByLabel("WebAssembly module")
      .setInputFiles({ name: "answer.wasm", mimeType: "application/wasm", buffer: Buffer.from(module) });
    await page.getByText('(import "env" "set_output" (func))').waitFor();
    await assertLooksRight(page);
    await write(page, input(page), "");
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await outcome(page).getByRole("region", { name: "Result" }).getByText("42").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("a function is deployed and called", async (t) => {
    const { page, complaints } = await open(t, "?mode=function&language=js&example=greet-js", 1);
    await code(page).getByText("from JavaScript").waitFor();
    await page.getByLabel("Path", { exact: true }).fill("api/hello");
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await outcome(page).getByText("Revision 1 answers at").waitFor();
    await outcome(page).getByLabel("What follows the path").fill("?name=Grace");
    await outcome(page).getByRole("button", { name: "Send" }).click();
    await outcome(page).getByText("Hello, Grace, from JavaScript: greeting 1").waitFor();
    await outcome(page)
      .getByText(/^200\b/)
      .waitFor();
    await assertLooksRight(page);
    assert.deepEqual(complaints, []);
  });

  test("a job of before is put into it to be changed", async (t) => {
    const { page, client, url } = await open(t);
    const { id } = await client.jobs.submit({
      job_type: "lua",
      code: "return INPUT",
      input_data: [1, 2],
      namespace: "bob",
    });
    await page.goto(new URL(`/dashboard/jobs/${id}`, url).href);
    await page.getByRole("link", { name: "Edit" }).click();
    await code(page).getByText("return INPUT").waitFor();
    assert.equal(await page.getByLabel("Namespace").inputValue(), "bob");
    assert.equal(await language(page, "Lua").isChecked(), true);
  });
});
