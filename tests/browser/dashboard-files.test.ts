import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { Api } from "../support/api.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootOrchestrator, temporaryDirectory } from "../support/orchestrator.ts";
import { assertLooksRight } from "../support/page-looks.ts";

const put = (api: Api, path: string, body: string) =>
  api.send("PUT", `/api/storage/${encodeURI(path)}`, { body });
const status = async (api: Api, path: string) => (await api.get(`/api/storage/${path}`)).status;

describe("the dashboard's files", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  async function openFiles(t: TestContext, path: string, files: Readonly<Record<string, string>> = {}) {
    const { api, url } = await bootOrchestrator(t);
    for (const [name, body] of Object.entries(files)) await put(api, `alice/${name}`, body);
    const opened = await openPage(t, browser);
    await opened.page.goto(new URL(`/dashboard/files/${path}`, url).href);
    return { api, url, ...opened };
  }

  const upload = (page: Page, label: string, files: Parameters<Page["setInputFiles"]>[1]) =>
    page.locator(`input[aria-label="${label}"]`).setInputFiles(files);
  const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });

  test("namespaces with files are listed with their counts, and any other can be opened by its name", async (t) => {
    const { page } = await openFiles(t, "", { "a.txt": "12345", "css/b.css": "12345" });
    const row = page.getByRole("row").filter({ hasText: "alice" });
    await row.waitFor();
    assert.match((await row.textContent()) ?? "", /2.*10 B/);
    await assertLooksRight(page);
    await page.getByLabel("Open a namespace by its name").fill("bob");
    await page.getByRole("button", { name: "Open" }).click();
    await page.getByText("No files yet").waitFor();
    assert.equal(new URL(page.url()).pathname, "/dashboard/files/bob");
    await assertLooksRight(page);
  });

  test("one walks through folders, and each has an address", async (t) => {
    const { page, complaints } = await openFiles(t, "alice", { "index.html": "x", "css/img/a b.svg": "x" });
    await link(page, "css").click();
    await link(page, "img").click();
    await link(page, "a b.svg").waitFor();
    assert.equal(new URL(page.url()).pathname, "/dashboard/files/alice/css/img");
    await assertLooksRight(page);
    await page.reload();
    await link(page, "a b.svg").waitFor();
    await page.getByRole("navigation", { name: "Folders" }).getByRole("link", { name: "alice" }).click();
    await link(page, "index.html").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("files are uploaded by the button into the folder that is open, and appear", async (t) => {
    const { page, api } = await openFiles(t, "alice/docs");
    await upload(page, "Files to upload", [
      { name: "one.txt", mimeType: "text/plain", buffer: Buffer.from("1") },
      { name: "two.txt", mimeType: "text/plain", buffer: Buffer.from("22") },
    ]);
    await page.getByRole("heading", { name: "2 files uploaded" }).waitFor();
    await link(page, "two.txt").waitFor();
    await assertLooksRight(page);
    assert.equal((await api.get("/api/storage/alice/docs/two.txt")).text, "22");
  });

  test("a file that is there already is replaced once that is confirmed", async (t) => {
    const { page, api } = await openFiles(t, "alice", { "a.txt": "old" });
    await link(page, "a.txt").waitFor();
    const chosen = { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("new") };
    const dialog = page.getByRole("dialog", { name: "Replace 1 file?" });
    await upload(page, "Files to upload", chosen);
    await dialog.getByRole("button", { name: "Keep it as it is" }).click();
    await upload(page, "Files to upload", chosen);
    assert.equal((await api.get("/api/storage/alice/a.txt")).text, "old");
    await dialog.getByRole("button", { name: "Upload 1 file" }).click();
    await page.getByRole("heading", { name: "1 file uploaded" }).waitFor();
    assert.equal((await api.get("/api/storage/alice/a.txt")).text, "new");
  });

  test("a whole folder is uploaded with its folders", async (t) => {
    const folder = join(await temporaryDirectory(t), "site");
    await mkdir(join(folder, "css"), { recursive: true });
    await writeFile(join(folder, "index.html"), "page");
    await writeFile(join(folder, "css", "a.css"), "style");
    const { page, api } = await openFiles(t, "alice");
    await upload(page, "Folder to upload", folder);
    await page.getByRole("heading", { name: "2 files uploaded" }).waitFor();
    assert.equal(await status(api, "alice/site/css/a.css"), 200);
    await link(page, "site").waitFor();
  });

  test("files that are dropped are uploaded, and the place to drop them shows itself", async (t) => {
    const { page, api } = await openFiles(t, "alice");
    await page.getByText("No files yet").waitFor();
    const transfer = await page.evaluateHandle(() => {
      const dropped = new DataTransfer();
      dropped.items.add(new File(["dropped"], "dropped.txt"));
      return dropped;
    });
    await page.dispatchEvent(".drop", "dragenter", { dataTransfer: transfer });
    await page.getByText("Drop to upload to alice/").waitFor();
    await page.dispatchEvent(".drop", "drop", { dataTransfer: transfer });
    await link(page, "dropped.txt").waitFor();
    assert.equal((await api.get("/api/storage/alice/dropped.txt")).text, "dropped");
  });

  test("an upload shows how far it is, and nothing is left of one that is cancelled", async (t) => {
    const { page, api } = await openFiles(t, "alice");
    const devtools = await page.context().newCDPSession(page);
    await page.getByText("No files yet").waitFor();
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 400_000,
    });
    await upload(page, "Files to upload", {
      name: "large.bin",
      mimeType: "application/octet-stream",
      buffer: Buffer.alloc(4_000_000),
    });
    await page.getByText(/^(?:[1-9]|[1-9]\d)%$/).waitFor();
    await page.getByRole("button", { name: "Cancel large.bin" }).click();
    await page.getByText("Cancelled").waitFor();
    assert.equal(await status(api, "alice/large.bin"), 404);
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: -1,
    });
    await page.getByRole("button", { name: "Upload large.bin again" }).click();
    await page.getByRole("heading", { name: "1 file uploaded" }).waitFor();
    assert.equal(await status(api, "alice/large.bin"), 200);
  });

  test("an upload that is refused says why", async (t) => {
    const { page } = await openFiles(t, "alice", { "docs/a.txt": "x" });
    await link(page, "docs").waitFor();
    await upload(page, "Files to upload", { name: "docs", mimeType: "text/plain", buffer: Buffer.from("1") });
    await page.getByRole("heading", { name: /1 failed/ }).waitFor();
    await page
      .locator(".upload")
      .filter({ hasText: /folder/ })
      .waitFor();
    await assertLooksRight(page);
  });

  test("a page with a script is shown as text, and a picture as a picture: neither runs", async (t) => {
    const script = "<script>top.document.title = 'taken'</script>";
    const { page, complaints } = await openFiles(t, "alice?file=evil.html", {
      "evil.html": script,
      "evil.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" onload="top.document.title='taken'">${script}</svg>`,
    });
    const dialog = page.getByRole("dialog", { name: "evil.html" });
    await dialog.getByText("top.document.title").waitFor();
    await assertLooksRight(page);
    await dialog.getByRole("button", { name: "Close" }).click();
    await link(page, "evil.svg").click();
    const picture = page.getByRole("img", { name: "Content of evil.svg" });
    await picture.waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".picture img")?.complete);
    assert.equal(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth), 10);
    await assertLooksRight(page);
    assert.doesNotMatch(await page.title(), /taken/);
    assert.equal(page.frames().length, 1);
    assert.deepEqual(complaints, []);
  });

  test("what is opened is downloaded by its own name", async (t) => {
    const { page } = await openFiles(t, "alice?file=docs%2Fread%20me.txt", { "docs/read me.txt": "hello" });
    const download = page.waitForEvent("download");
    await page.getByRole("dialog").getByRole("link", { name: "Download" }).click();
    assert.equal((await download).suggestedFilename(), "read me.txt");
  });

  test("where tokens are asked for, files are looked into and downloaded with the visitor's own", async (t) => {
    const token = "a-token-for-tests";
    const { api, url } = await bootOrchestrator(t, { env: { ADMIN_TOKEN: token } });
    const headers = { authorization: `Bearer ${token}` };
    await api.send("PUT", "/api/storage/alice/a.txt", { body: "for those who may", headers });
    const { page } = await openPage(t, browser);
    await page.goto(new URL("/dashboard/files/alice?file=a.txt", url).href);
    // Whichever of the two dialogs opens first, the one that has to be answered first is above.
    await page.locator("dialog[open]").nth(1).waitFor();
    await page.getByLabel("Token", { exact: true }).fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    const dialog = page.getByRole("dialog", { name: "a.txt" });
    await dialog.getByText("for those who may").waitFor();
    const download = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Download" }).click();
    assert.equal((await download).suggestedFilename(), "a.txt");
  });

  test("files and folders that are picked are deleted together, once that is confirmed", async (t) => {
    const files = { "a.txt": "x", "b.txt": "x", "keep.txt": "x", "old/1.txt": "x", "old/deep/2.txt": "x" };
    const { page, api } = await openFiles(t, "alice", files);
    for (const name of ["a.txt", "old"]) await page.getByRole("checkbox", { name: `Pick ${name}` }).check();
    await assertLooksRight(page);
    await page.getByRole("status").getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await assertLooksRight(page);
    assert.equal(await status(api, "alice/a.txt"), 200);
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await dialog.waitFor({ state: "hidden" });
    await link(page, "old").waitFor({ state: "hidden" });
    const left = await Promise.all(Object.keys(files).map((name) => status(api, `alice/${name}`)));
    assert.deepEqual(left, [404, 200, 200, 404, 404]);
  });

  test("a folder with more than a page of entries is turned page by page", async (t) => {
    const many = Object.fromEntries(Array.from({ length: 105 }, (_, at) => [`f${100 + at}.txt`, "x"]));
    const { page } = await openFiles(t, "alice", many);
    await link(page, "f100.txt").waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await link(page, "f204.txt").click();
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    assert.equal(await link(page, "f100.txt").count(), 0);
    await page.getByRole("button", { name: "Previous" }).click();
    await link(page, "f100.txt").waitFor();
  });
});
