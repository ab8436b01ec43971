import assert from "node:assert/strict";
import { test } from "node:test";
import { bootOrchestrator } from "../support/orchestrator.ts";

const get = (url: URL, path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, url), { headers, redirect: "manual" });

test("the root leads to the dashboard, and a page's folder has its slash added", async (t) => {
  const { url } = await bootOrchestrator(t);
  for (const [from, to] of [
    ["/", "/dashboard/"],
    ["/dashboard", "/dashboard/"],
    ["/docs", "/docs/"],
    ["/volunteer", "/volunteer/"],
  ] as const) {
    const response = await get(url, from);
    assert.deepEqual([response.status, response.headers.get("location")], [302, to]);
  }
});

test("every path below the dashboard is its document, isolated from other origins", async (t) => {
  const { url } = await bootOrchestrator(t);
  for (const path of ["/dashboard/", "/dashboard/jobs/some-id?status=failed"]) {
    const response = await get(url, path);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<div id="app">/);
    assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(response.headers.get("cross-origin-embedder-policy"), "require-corp");
    assert.match(
      response.headers.get("content-security-policy") ?? "",
      /^default-src 'none'; script-src 'self'/,
    );
    assert.equal(response.headers.get("cache-control"), "no-cache");
  }
});

test("what a page names is there, compressed, kept for ever, and nothing comes from elsewhere", async (t) => {
  const { url } = await bootOrchestrator(t);
  for (const page of ["/dashboard/", "/docs/", "/volunteer/"]) {
    const html = await (await get(url, page)).text();
    const names = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    assert.ok(names.length >= 2);
    for (const name of names) {
      assert.match(name, /^\/(?:(?:assets|volunteer)\/[\w./-]+|openapi\.json)$/);
      const response = await get(url, name);
      assert.equal(response.status, 200, name);
      if (name.startsWith("/assets/")) {
        assert.match(response.headers.get("cache-control") ?? "", /immutable/);
      }
    }
  }
});

test("an unchanged file is not sent again, and each encoding has a tag of its own", async (t) => {
  const { url } = await bootOrchestrator(t);
  const plain = await get(url, "/dashboard/", { "accept-encoding": "identity" });
  const packed = await get(url, "/dashboard/", { "accept-encoding": "br" });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(packed.headers.get("content-encoding"), "br");
  assert.equal(await packed.text(), await plain.text());
  const etag = plain.headers.get("etag") ?? "";
  assert.notEqual(packed.headers.get("etag"), etag);
  const again = await get(url, "/dashboard/", { "accept-encoding": "identity", "if-none-match": etag });
  assert.deepEqual([again.status, await again.text()], [304, ""]);
});

test("a path that leads out of the site finds nothing", async (t) => {
  const { url } = await bootOrchestrator(t);
  for (const path of [
    "/assets/..%2fdashboard/index.html",
    "/assets/missing.js",
    "/volunteer/..%2f..%2fpackage.json",
  ]) {
    assert.equal((await get(url, path)).status, 404, path);
  }
});
