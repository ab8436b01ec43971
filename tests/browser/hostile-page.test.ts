/** A page that a user wrote, in the browser of somebody who is signed in to the dashboard. */
import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { adminHeaders, bearer, lockedEnv, makeToken } from "../support/access.ts";
import type { Api } from "../support/api.ts";
import { launchBrowser, openPage, withoutBrowser } from "../support/browser.ts";
import { bootFunctions } from "../support/functions.ts";

/**
 * Tries everything that could get at the visitor's token or use it, and keeps what came of each: `got: …` where it got
 * something. `api` is the origin that the token is of.
 */
const attack = (api: string) => `<!doctype html><title>innocent</title><body><script>
  const api = ${JSON.stringify(api)};
  const tries = {
    "its own storage": () => JSON.stringify({ ...localStorage, ...sessionStorage }),
    "cookies": () => document.cookie,
    "the databases": async () => JSON.stringify(await indexedDB.databases()),
    "reading jobs as the visitor": async () => (await fetch(api + "/api/jobs", { credentials: "include" })).text(),
    "asking who it is": async () => JSON.stringify((await (await fetch(api + "/api/access", { credentials: "include" })).json()).token),
    "submitting a job": async () =>
      (await fetch(api + "/api/jobs", { method: "POST", credentials: "include", mode: "no-cors", headers: { "content-type": "text/plain" }, body: '{"job_type":"js","code":"1"}' })).status || "",
    "a socket": () => new Promise((resolve, reject) => {
      const socket = new WebSocket(api.replace("http", "ws") + "/ws/volunteer");
      socket.onopen = () => resolve("open");
      socket.onerror = () => reject(new Error("refused"));
    }),
    "a frame with the dashboard": () => new Promise((resolve, reject) => {
      const frame = document.createElement("iframe");
      frame.onload = () => { try { resolve(frame.contentWindow.localStorage.length + frame.contentDocument.title); } catch (error) { reject(error); } };
      frame.src = api + "/dashboard/";
      document.body.append(frame);
    }),
    "a window with the dashboard": async () => {
      const opened = window.open(api + "/dashboard/");
      await new Promise((done) => setTimeout(done, 500));
      const found = JSON.stringify(opened.localStorage);
      opened.close();
      return found;
    },
    "its opener": () => JSON.stringify(window.opener.localStorage) + window.opener.document.title,
    "its parent": () => { if (parent === self) throw new Error("none"); return JSON.stringify(parent.localStorage); },
    "a worker for the whole origin": async () =>
      (await navigator.serviceWorker.register(location.pathname.replace(/[^/]*$/, "") + "worker.js", { scope: "/" })).scope,
    "a worker for the API": async () => (await navigator.serviceWorker.register(api + "/static/mallory/worker.js")).scope,
  };
  window.outcome = (async () => {
    const outcome = {};
    for (const [name, run] of Object.entries(tries)) {
      const late = new Promise((_, reject) => setTimeout(() => reject(new Error("no answer")), 4000));
      outcome[name] = await Promise.race([Promise.resolve().then(run), late]).then((got) => "got: " + got, (error) => "failed: " + error);
    }
    return outcome;
  })();
</script>`;

/** What an attempt got, if it got anything worth having. */
const harmless = new Set(["got: ", "got: {}", "got: []", "got: null", "got: 0", "got: undefined"]);

function assertNothingGot(outcome: Readonly<Record<string, string>>): void {
  assert.equal(Object.keys(outcome).length, 13);
  const gains = Object.entries(outcome).filter(([, said]) => said.startsWith("got:") && !harmless.has(said));
  assert.deepEqual(gains, []);
}

async function jobsOf(api: Api): Promise<number> {
  return ((await api.get("/api/jobs", adminHeaders)).json() as { total: number }).total;
}

/** Somebody who is signed in, and a stranger's page deployed both ways. */
async function bootVictim(t: TestContext, browser: Browser, env: Readonly<Record<string, string>>) {
  const desk = await bootFunctions(t, { env: { ...lockedEnv, ...env } });
  const { api, url } = desk;
  const { token } = await makeToken(api, ["admin"]);
  const mallory = bearer((await makeToken(api, ["write:mallory"])).token);
  const html = attack(url.origin);
  const store = async (path: string, body: string) => {
    const answer = await api.send("PUT", `/api/storage/mallory/${path}`, { body, headers: mallory });
    assert.equal(answer.status, 201, answer.text);
    return (answer.json() as { url: string }).url;
  };
  await store(
    "worker.js",
    "self.addEventListener('fetch', (event) => event.respondWith(new Response('mine')))",
  );
  const file = await store("index.html", html);
  const code = `const handle = () => ({ headers: { "content-type": "text/html", "service-worker-allowed": "/" }, body: ${JSON.stringify(html)} })`;
  const made = await api.post("/api/deploy/mallory/page", { runtime: "js", code }, mallory);
  assert.equal(made.status, 201, made.text);
  const { page } = await openPage(t, browser);
  await page.goto(new URL("/dashboard/", url).href);
  await page.evaluate((text) => {
    localStorage.setItem("zerverless.token", text);
    sessionStorage.setItem("zerverless.token", text);
  }, token);
  return { api, url, page, file, called: (made.json() as { url: string }).url };
}

/** Opened from the dashboard, so that it has an opener. */
async function visit(page: Page, address: string): Promise<Record<string, string>> {
  const [opened] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate((href) => void window.open(href), address),
  ]);
  await opened.waitForLoadState();
  // A string, so that it runs there as it is.
  const outcome = await opened.evaluate("window.outcome");
  await opened.close();
  return outcome as Record<string, string>;
}

describe("a hostile page", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("gets nothing beside the API, as a file or as a function", async (t) => {
    const { api, url, page, file, called } = await bootVictim(t, browser, {});
    for (const address of [new URL(file, url).href, called]) {
      const outcome = await visit(page, address);
      assertNothingGot(outcome);
      assert.match(outcome["its own storage"] ?? "", /^failed: SecurityError/, "it has no storage at all");
    }
    assert.equal(await jobsOf(api), 0);
  });

  test("gets nothing on a host of its own, where it is whole", async (t) => {
    const { api, url, page, file, called } = await bootVictim(t, browser, {
      CONTENT_HOST: "content.localhost",
    });
    for (const address of [file, called]) {
      const whole = new URL(address);
      whole.port = url.port;
      const outcome = await visit(page, whole.href);
      assertNothingGot(outcome);
      assert.equal(outcome["its own storage"], "got: {}", "it has a storage of its own");
    }
    assert.equal(await jobsOf(api), 0);
  });
});
