import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FilePath } from "./file-path.ts";
import type { BlobId, FileRange, StoredFile } from "./file-store.ts";
import { folderPage } from "./folder-page.ts";

const fileAt = (path: string): StoredFile => ({
  path: path as FilePath,
  size: 1,
  type: "text/plain",
  etag: "",
  modified: 0,
  blob: path as BlobId,
});

const inBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Lists as a file store does; `looks` counts how often. */
function storeOf(paths: readonly string[]) {
  const sorted = [...new Set(paths)].sort(inBytes);
  const store = {
    looks: 0,
    list: async ({ prefix, after, limit }: FileRange) => {
      store.looks++;
      return sorted
        .filter((path) => path.startsWith(prefix) && (after === undefined || inBytes(path, after) > 0))
        .slice(0, limit)
        .map(fileAt);
    },
  };
  return store;
}

async function walk(paths: readonly string[], prefix: string, limit: number) {
  const store = storeOf(paths);
  const found: { files: string[]; folders: string[] } = { files: [], folders: [] };
  let after: string | undefined;
  do {
    const page = await folderPage(store.list, { prefix, after, limit });
    assert.ok(page.files.length + page.folders.length <= limit);
    found.files.push(...page.files.map((file) => file.path));
    found.folders.push(...page.folders);
    after = page.next;
  } while (after !== undefined);
  return found;
}

test("a folder is told once, whatever lies in it, and files beside it each", async () => {
  const paths = ["a.txt", "css/a.css", "css/img/b.png", "css/z.css", "css.txt", "css0", "z.txt"];
  assert.deepEqual(await walk(paths, "", 100), {
    files: ["a.txt", "css.txt", "css0", "z.txt"],
    folders: ["css/"],
  });
  assert.deepEqual(await walk(paths, "css/", 100), {
    files: ["css/a.css", "css/z.css"],
    folders: ["css/img/"],
  });
});

test("page by page comes what one page would have held", async () => {
  const segment = fc.constantFrom("a", "b", "b0", "é", "\u{10ffff}", "\u{10ffff}\u{10ffff}");
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
  await fc.assert(
    fc.asyncProperty(
      fc.array(path, { maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom("", "a/", "b/a/"),
      async (paths, limit, prefix) => {
        const below = [...new Set(paths)].filter((one) => one.startsWith(prefix)).sort(inBytes);
        const rests = below.map((one) => one.slice(prefix.length));
        const folders = rests.filter((rest) => rest.includes("/")).map((rest) => `${rest.split("/")[0]}/`);
        assert.deepEqual(await walk(paths, prefix, limit), {
          files: rests.filter((rest) => !rest.includes("/")).map((rest) => prefix + rest),
          folders: [...new Set(folders)].map((folder) => prefix + folder),
        });
      },
    ),
  );
});

test("a folder with many files costs one look", async () => {
  const store = storeOf(Array.from({ length: 5000 }, (_, at) => `big/${at}`).concat("z"));
  const page = await folderPage(store.list, { prefix: "", after: undefined, limit: 100 });
  assert.deepEqual([page.folders, page.files.length], [["big/"], 1]);
  assert.ok(store.looks <= 3, `${store.looks} looks`);
});
