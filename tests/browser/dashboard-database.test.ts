import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { Api } from "../support/api.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";

const pathOf = (key: string) => `/api/db/alice/${encodeURIComponent(key)}`;

/** @param json the value as it is to be kept */
async function put(api: Api, key: string, json: string, ttl?: number): Promise<void> {
  const body = `{"value":${json}${ttl === undefined ? "" : `,"ttl":${ttl}`}}`;
  const headers = { "content-type": "application/json" };
  const answer = await api.send("PUT", pathOf(key), { body, headers });
  assert.ok(answer.status < 300, answer.text);
}

describe("the dashboard's database", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function openDatabase(t: TestContext, path: string, values: Readonly<Record<string, string>> = {}) {
    const { api, url } = await bootOrchestrator(t);
    for (const [key, json] of Object.entries(values)) await put(api, key, json);
    const opened = await openPage(t, browser);
    await opened.page.goto(new URL(`/dashboard/database${path}`, url).href);
    return { api, url, ...opened };
  }

  const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
  const editor = (page: Page) => page.getByRole("textbox", { name: /^JSON/ });
  const textIn = async (page: Page) => (await page.locator(".cm-line").allTextContents()).join("\n");
  const save = (page: Page) => page.getByRole("button", { name: "Save" });

  test("namespaces with keys are listed with their counts, and lead to their keys", async (t) => {
    const { page } = await openDatabase(t, "", { a: "1", b: "2" });
    const row = page.getByRole("row").filter({ hasText: "alice" });
    await row.waitFor();
    assert.match((await row.textContent()) ?? "", /alice.*2/);
    await assertLooksRight(page);
    await link(page, "alice").click();
    await link(page, "b").waitFor();
    await page.getByText("No key is open").waitFor();
    await assertLooksRight(page);
  });

  test("an empty database says what to do, and a key is made there", async (t) => {
    const { page, api, complaints } = await openDatabase(t, "/alice");
    await page.getByText("No keys yet").waitFor();
    await assertLooksRight(page);
    await page.getByRole("link", { name: "Add a key" }).first().click();
    await page.getByLabel("Key", { exact: true }).fill("users/7");
    await editor(page).fill('{"name": "Ada"}');
    await assertLooksRight(page);
    await page.getByRole("button", { name: "Create" }).click();
    await link(page, "users/7").waitFor();
    await page.getByText("Version 1").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("key"), "users/7");
    assert.partialDeepStrictEqual((await api.get(pathOf("users/7"))).json(), { value: { name: "Ada" } });
    assert.deepEqual(complaints, []);
  });

  test("keys are found by how they begin, and the search has an address", async (t) => {
    const { page } = await openDatabase(t, "/alice", { "users/1": "1", "users/2": "2", visits: "3" });
    await link(page, "visits").waitFor();
    await page.getByLabel("Keys that begin with").fill("users/");
    await link(page, "visits").waitFor({ state: "hidden" });
    await link(page, "users/2").waitFor();
    assert.equal(new URL(page.url()).searchParams.get("prefix"), "users/");
    await page.reload();
    await link(page, "users/2").waitFor();
    await page.getByLabel("Keys that begin with").fill("nothing");
    await page.getByText("No such keys").waitFor();
  });

  test("keys come page by page, in order", async (t) => {
    const many = Object.fromEntries(Array.from({ length: 105 }, (_, at) => [`k${100 + at}`, "1"]));
    const { page } = await openDatabase(t, "/alice", many);
    await link(page, "k100").waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await link(page, "k204").waitFor();
    assert.equal(await link(page, "k100").count(), 0);
    await page.getByRole("button", { name: "Previous" }).click();
    await link(page, "k100").waitFor();
  });

  test("a value is edited digit by digit, and what is no JSON is told with its place", async (t) => {
    const { page, api } = await openDatabase(t, "/alice?key=big", { big: '{"id":12345678901234567890.10}' });
    await editor(page).waitFor();
    assert.equal(await textIn(page), '{\n  "id": 12345678901234567890.10\n}');
    await editor(page).fill('{\n  "id": 12345678901234567890.10,\n  more\n}');
    await page.getByText(/^This is no JSON: .* in line 3, column 3\.$/).waitFor();
    assert.equal(await save(page).isDisabled(), true);
    await assertLooksRight(page);
    await editor(page).fill('{"id": 12345678901234567890.10, "more": true}');
    await save(page).click();
    await page.getByText("Version 2").waitFor();
    const stored = await api.get(pathOf("big"));
    assert.match(stored.text, /"value":\{"id":12345678901234567890\.10,"more":true\}/);
  });

  test("a value that somebody else changed meanwhile is not overwritten unseen", async (t) => {
    const { page, api } = await openDatabase(t, "/alice?key=shared", { shared: '{"by":"nobody"}' });
    await editor(page).waitFor();
    await put(api, "shared", '{"by":"them"}');
    await editor(page).fill('{"by": "me"}');
    await save(page).click();
    const conflict = page.getByRole("region", { name: "Conflict" });
    await conflict.getByText(/somebody else changed shared to version 2/).waitFor();
    await conflict.getByText('"them"').waitFor();
    await conflict.getByText('"me"').waitFor();
    await assertLooksRight(page);
    assert.partialDeepStrictEqual((await api.get(pathOf("shared"))).json(), { value: { by: "them" } });
    await conflict.getByRole("button", { name: "Overwrite it with mine" }).click();
    await page.getByText("Version 3").waitFor();
    assert.partialDeepStrictEqual((await api.get(pathOf("shared"))).json(), { value: { by: "me" } });
  });

  test("in a conflict one can take what the other wrote", async (t) => {
    const { page, api } = await openDatabase(t, "/alice?key=shared", { shared: "1" });
    await editor(page).waitFor();
    await put(api, "shared", "2");
    await editor(page).fill("3");
    await save(page).click();
    await page.getByRole("button", { name: "Drop mine, and edit theirs" }).click();
    await page.getByText("Version 2").waitFor();
    assert.equal(await textIn(page), "2");
  });

  test("a life time is kept when a value is saved, and can be set and lifted", async (t) => {
    const { page, api } = await openDatabase(t, "/alice");
    await put(api, "session", "1", 3600);
    const endsAt = async () => (await api.get(pathOf("session"))).json() as { expires_at?: string };
    const { expires_at: before = "" } = await endsAt();
    await page.goto(`${page.url()}?key=session`);
    await editor(page).fill("2");
    await save(page).click();
    await page.getByText("Version 2").waitFor();
    const { expires_at: kept = "" } = await endsAt();
    assert.ok(Math.abs(Date.parse(kept) - Date.parse(before)) < 2000, `${before} became ${kept}`);
    await page.getByLabel("Lives").selectOption("For a time");
    await page.getByLabel("For how long").fill("soon");
    await page.getByText("Write a span of time").waitFor();
    await page.getByLabel("For how long").fill("2h");
    await assertLooksRight(page);
    await save(page).click();
    await page.getByText("Version 3").waitFor();
    const { expires_at: longer = "" } = await endsAt();
    assert.ok(Date.parse(longer) > Date.parse(kept) + 3_000_000);
    await page.getByLabel("Lives").selectOption("Until it is deleted");
    await save(page).click();
    await page.getByText("Version 4").waitFor();
    assert.equal((await endsAt()).expires_at, undefined);
  });

  test("a key is deleted once that is confirmed", async (t) => {
    const { page, api } = await openDatabase(t, "/alice?key=old", { old: "1", other: "2" });
    await page.getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await assertLooksRight(page);
    assert.equal((await api.get(pathOf("old"))).status, 200);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await link(page, "old").waitFor({ state: "hidden" });
    await link(page, "other").waitFor();
    assert.equal((await api.get(pathOf("old"))).status, 404);
  });

  test("a large value shows its beginning, and is edited whole when one asks for it", async (t) => {
    const items = Array.from({ length: 30_000 }, (_, at) => `"item ${at}"`).join(",");
    const { page } = await openDatabase(t, "/alice?key=large", { large: `[${items}]` });
    await page.getByText(/so only its beginning is shown/).waitFor();
    await assertLooksRight(page);
    await page.getByRole("button", { name: "Edit all of it" }).click();
    await editor(page).press("Control+End");
    await page.locator(".cm-line").getByText('"item 29999"').waitFor();
  });

  test("a phone shows the keys or the value, with a way back", async (t) => {
    const { page } = await openDatabase(t, "/alice", { a: "1" });
    await page.setViewportSize({ width: 360, height: 740 });
    await link(page, "a").click();
    await editor(page).waitFor();
    assert.equal(await link(page, "a").isVisible(), false);
    await link(page, "All keys").click();
    await link(page, "a").waitFor();
  });
});
