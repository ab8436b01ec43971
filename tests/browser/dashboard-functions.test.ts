import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootFunctions } from "../support/functions.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";
import { spawnFunctions } from "../support/real-functions.ts";

/** A function that answers who was greeted, and logs it; `/fail` throws. */
const greeter = (word: string) => ({
  runtime: "js" as const,
  code: `const word = ${JSON.stringify(word)};

export default {
  async fetch(request) {
    const url = new URL(request.url);
    if (url.pathname.endsWith("/fail")) throw new Error("told to fail");
    console.log("greeting", url.searchParams.get("name"));
    const body = await request.text();
    return Response.json({ word, name: url.searchParams.get("name"), body, mark: request.headers.get("x-mark") });
  },
};
`,
});

describe("the dashboard's functions", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  /** An orchestrator with a worker inside, and one function in it for each word. */
  async function openFunctions(t: TestContext, path: string, ...words: string[]) {
    const functions = await spawnFunctions(t, 1);
    for (const word of words)
      await functions.deploy("/alice/greet", greeter(word), { env: { API_KEY: "s3cret" } });
    const opened = await openPage(t, browser);
    const open = (to: string) => opened.page.goto(new URL(`/dashboard/functions${to}`, functions.url).href);
    await open(path);
    return { ...functions, ...opened, open };
  }

  const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });
  const lines = (page: Page) => page.getByRole("log");

  test("where nothing is deployed the list says what to do", async (t) => {
    const { url } = await bootOrchestrator(t);
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/functions", url).href);
    await page.getByText("No functions yet").waitFor();
    await assertLooksRight(page);
    await page.getByRole("link", { name: "Write one in the playground" }).click();
    await page.getByRole("heading", { level: 1, name: "Playground" }).waitFor();
  });

  test("the list tells how each function was called, follows the calls, and keeps to a namespace", async (t) => {
    const { page, api, deploy, complaints } = await openFunctions(t, "", "hello");
    await deploy("/bob/other", greeter("other"));
    await api.get("/alice/greet");
    await page.reload();
    const row = page.getByRole("row").filter({ hasText: "greet" });
    await row.getByRole("img", { name: "1 call in the last hour" }).waitFor();
    await assertLooksRight(page);
    await api.get("/alice/greet/fail");
    await row.getByText("1 error").waitFor();
    await page.getByLabel("Namespace").fill("bob");
    await row.waitFor({ state: "hidden" });
    assert.equal(new URL(page.url()).searchParams.get("namespace"), "bob");
    await page.getByRole("link", { name: "/bob/other" }).click();
    await page.getByRole("heading", { level: 1, name: "/bob/other" }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test("a function shows its calls, errors and times, its code, and names of variables without values", async (t) => {
    const { page, api } = await openFunctions(t, "/alice/greet", "hello");
    await page.getByText("No calls in the last hour").first().waitFor();
    await api.get("/alice/greet");
    await api.get("/alice/greet/fail");
    const stat = (label: string) => page.locator(".stat").filter({ hasText: label });
    await stat("Errors").getByText("50% of the calls").waitFor();
    await stat("95% answered within")
      .getByText(/\d ms|\d s/)
      .waitFor();
    await page.getByText("API_KEY").waitFor();
    await page.getByRole("region", { name: "Code of revision 1" }).getByText("const word").first().waitFor();
    assert.doesNotMatch((await page.textContent("body")) ?? "", /s3cret/);
    await assertLooksRight(page);
  });

  test("a request is tried with method, path, query, headers and body, and the whole answer shown", async (t) => {
    const { page, complaints } = await openFunctions(t, "/alice/greet?tab=try", "hello");
    await page.getByLabel("Method").selectOption("POST");
    await page.getByLabel("Path after /alice/greet").fill("/sub");
    await page.getByLabel("Query").fill("name=Ada");
    await page.getByLabel("Headers").fill("X-Mark: seen");
    await page.getByLabel("Body").fill("from the page");
    await page.getByRole("button", { name: "Send" }).click();
    const body = page.getByRole("region", { name: "Body of the answer" });
    await body.waitFor();
    assert.deepEqual(JSON.parse((await body.textContent()) ?? ""), {
      word: "hello",
      name: "Ada",
      body: "from the page",
      mark: "seen",
    });
    await page.getByText(/^200/).waitFor();
    await page.getByText(/^[\d.]+ m?s, \d+ B$/).waitFor();
    await page.getByText(/^\d+ headers$/).click();
    await page.getByText("application/json").waitFor();
    await assertLooksRight(page);
    assert.equal(new URL(page.url()).searchParams.get("query"), "name=Ada");
    await page.getByLabel("Headers").fill("Host: example.com");
    await page.getByText("Host is set by the browser itself").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send" }).isDisabled(), true);
    assert.deepEqual(complaints, []);
  });

  test("a request that fails shows what the caller is told", async (t) => {
    const { page } = await openFunctions(t, "/alice/greet?tab=try&suffix=%2Ffail", "hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(/^500/).waitFor();
    await page.getByRole("region", { name: "Body of the answer" }).getByText("told to fail").waitFor();
    await assertLooksRight(page);
  });

  test("where functions have a host of their own, a request is copied instead of sent", async (t) => {
    const { url, deploy } = await bootFunctions(t, { env: { CONTENT_HOST: "content.localhost" } });
    await deploy("/alice/greet", "const handle = () => ({ body: 'x' })");
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/functions/alice/greet?tab=try", url).href);
    await page.getByText("Functions answer at content.localhost").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send" }).isDisabled(), true);
    await page.getByRole("button", { name: "Copy as curl" }).waitFor();
  });

  test("a function that asks for a token is tried with the visitor's own, which it does not see", async (t) => {
    const token = "a-token-for-tests";
    const { api, url } = await bootFunctions(t, { env: { ADMIN_TOKEN: token } });
    const code = "const handle = (req) => ({ body: JSON.stringify(Object.keys(req.headers)) })";
    const headers = { authorization: `Bearer ${token}` };
    const deployed = await api.post(
      "/api/deploy/alice/guarded",
      { runtime: "js", code, auth: "token" },
      headers,
    );
    assert.equal(deployed.status, 201, deployed.text);
    assert.equal((await api.get("/alice/guarded")).status, 401);
    const { page } = await openPage(t, browser);
    await page.addInitScript((kept) => sessionStorage.setItem("zerverless.token", kept), token);
    await page.goto(new URL("/dashboard/functions/alice/guarded?tab=try", url).href);
    await page.getByText("This function asks for a token.").waitFor();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText(/^200/).waitFor();
    const body = page.getByRole("region", { name: "Body of the answer" });
    assert.match((await body.textContent()) ?? "", /"user-agent"/);
    assert.doesNotMatch((await body.textContent()) ?? "", /authorization/);
    await assertLooksRight(page);
  });

  test("the log goes on by itself, keeps to a level or a text, and can be paused", async (t) => {
    const { page, api } = await openFunctions(t, "/alice/greet?tab=log", "hello");
    await lines(page).getByText("Nothing yet").waitFor();
    await api.get("/alice/greet?name=Ada");
    await lines(page).getByText("greeting Ada").waitFor();
    await lines(page).getByText("GET /alice/greet · 200").waitFor();
    await assertLooksRight(page);
    await page.getByRole("button", { name: "Pause" }).click();
    await api.get("/alice/greet?name=Grace");
    await page.getByRole("button", { name: "Go on, 2 new lines" }).click();
    await lines(page).getByText("greeting Grace").waitFor();
    await page.getByLabel("Lines that contain").fill("grace");
    await lines(page).getByText("greeting Ada").waitFor({ state: "hidden" });
    await lines(page).getByText("greeting Grace").waitFor();
    await page.getByLabel("Lines that contain").fill("");
    await page.getByRole("radio", { name: "Calls" }).check();
    await lines(page).getByText("greeting Grace").waitFor({ state: "hidden" });
    await lines(page).getByText("GET /alice/greet · 200").first().waitFor();
    assert.equal(new URL(page.url()).searchParams.get("level"), "call");
  });

  test("revisions are compared in one column or side by side, at an address of its own", async (t) => {
    const { page, open } = await openFunctions(t, "/alice/greet?tab=revisions", "one", "two", "three");
    const diff = page.getByRole("region", { name: "Revision 2 compared with 3" });
    await diff.locator(".diff__text--removed").getByText('"two"').waitFor();
    await diff.locator(".diff__text--added").getByText('"three"').waitFor();
    await assertLooksRight(page);
    await page.getByRole("radio", { name: "Side by side" }).check();
    await page.getByLabel("From").selectOption("Revision 1");
    await page.getByRole("region", { name: "Revision 1 compared with 3" }).getByText('"one"').waitFor();
    await assertLooksRight(page);
    const { search } = new URL(page.url());
    await open(`/alice/greet${search}`);
    await page.getByRole("region", { name: "Revision 1 compared with 3" }).getByText('"one"').waitFor();
  });

  test("an earlier revision answers again once that is confirmed", async (t) => {
    const { page, json } = await openFunctions(t, "/alice/greet?tab=revisions", "one", "two");
    const row = page.getByRole("row").filter({ hasText: "Roll back" });
    await row.getByRole("button", { name: "Roll back" }).click();
    const dialog = page.getByRole("dialog");
    await assertLooksRight(page);
    assert.partialDeepStrictEqual(await json("/alice/greet"), { word: "two" });
    await dialog.getByRole("button", { name: "Make revision 1 answer" }).click();
    await page.getByRole("row").filter({ hasText: "Bring back" }).waitFor();
    assert.partialDeepStrictEqual(await json("/alice/greet"), { word: "one" });
  });

  test("a function is deleted once that is confirmed, and its address then says so", async (t) => {
    const { page, api, open } = await openFunctions(t, "/alice/greet", "hello");
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await assertLooksRight(page);
    assert.equal((await api.get("/alice/greet")).status, 200);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No functions yet").waitFor();
    assert.equal((await api.get("/alice/greet")).status, 404);
    await open("/alice/greet");
    await page.getByText("Nothing is deployed here").waitFor();
    await assertLooksRight(page);
  });

  test("the tabs of a function have addresses", async (t) => {
    const { page } = await openFunctions(t, "/alice/greet", "hello");
    await tab(page, "Revisions").click();
    await page.getByText("There is one revision").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("tab"), "revisions");
    await page.goBack();
    await page.getByText("As deployed").waitFor();
  });

  test("a function's code is edited in the playground, and deployed with all that belongs to it", async (t) => {
    const { page, api, json } = await openFunctions(t, "/alice/greet", "hello");
    await page.getByRole("link", { name: "Edit and deploy" }).click();
    await page.locator(".cm-line").getByText("const word").waitFor();
    assert.equal(await page.getByLabel("Path").inputValue(), "greet");
    assert.equal(await page.getByLabel("Variables").inputValue(), "API_KEY=\n");
    await page.getByLabel("Variables").fill("API_KEY=another");
    await page.locator(".cm-line").getByText("const word").click();
    await page.keyboard.press("Home");
    await page.keyboard.press("Shift+End");
    await page.keyboard.type('const word = "changed";');
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    await page
      .getByText(/revision 2/i)
      .first()
      .waitFor();
    assert.partialDeepStrictEqual(await json("/alice/greet"), { word: "changed" });
    const deployed = (await api.get("/api/deploy/alice/greet")).json();
    assert.partialDeepStrictEqual(deployed, { revision: 2, env_names: ["API_KEY"], runtime: "js" });
  });
});
