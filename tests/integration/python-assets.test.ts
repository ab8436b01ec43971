import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";
import { eventually } from "../support/eventually.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { rawGet } from "../support/raw-get.ts";
import { testCacheDir } from "../support/real-cells.ts";

interface Index {
  readonly files: readonly {
    readonly role: string;
    readonly url: string;
    readonly bytes: number;
    readonly compressed_bytes: number | null;
  }[];
}

async function indexOf(url: URL): Promise<Index["files"]> {
  const { files } = (await (await fetch(new URL("/assets/python/index.json", url))).json()) as Index;
  return files;
}

test("what a tab needs for Python is there under names that carry its hash, kept for ever", async (t) => {
  const { url } = await bootOrchestrator(t, { env: { CACHE_DIR: testCacheDir } });
  const files = await indexOf(url);
  assert.deepEqual(
    files.map(({ role }) => role),
    ["interpreter", "snapshot"],
  );
  for (const file of files) {
    const answer = await rawGet(url, file.url);
    assert.equal(answer.status, 200);
    assert.equal(answer.bytes.length, file.bytes);
    const hash = createHash("sha256").update(answer.bytes).digest("hex");
    assert.ok(file.url.includes(hash.slice(0, 16)), file.url);
    assert.equal(answer.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(answer.headers["cross-origin-resource-policy"], "cross-origin");
  }
});

test("it travels compressed once it has been compressed, which nobody waits for", async (t) => {
  const { url } = await bootOrchestrator(t, { env: { CACHE_DIR: testCacheDir } });
  await eventually(async () => (await indexOf(url)).every((file) => file.compressed_bytes !== null), 60_000);
  for (const file of await indexOf(url)) {
    const answer = await rawGet(url, file.url, { "accept-encoding": "br, gzip" });
    assert.equal(answer.headers["content-encoding"], "br");
    assert.equal(answer.bytes.length, file.compressed_bytes);
    assert.ok(answer.bytes.length < 0.6 * file.bytes);
    assert.equal(brotliDecompressSync(answer.bytes).length, file.bytes);
  }
});

test("a name of another version is not there", async (t) => {
  const { url } = await bootOrchestrator(t, { env: { CACHE_DIR: testCacheDir } });
  assert.equal((await rawGet(url, "/assets/python/interpreter-0000000000000000.wasm")).status, 404);
});
