import assert from "node:assert/strict";
import { test } from "node:test";
import { crumbsOf, nameOf, previewKind, publicAddress, storageAddress } from "./paths.ts";

test("a prefix is reached by its folders", () => {
  assert.deepEqual(crumbsOf(""), []);
  assert.deepEqual(crumbsOf("css/img/"), [
    { name: "css", prefix: "css/" },
    { name: "img", prefix: "css/img/" },
  ]);
});

test("files and folders are named by the last part of their path", () => {
  assert.deepEqual(["css/img/", "css/a.css", "a.css"].map(nameOf), ["img", "a.css", "a.css"]);
});

test("text and pictures are shown, and what a browser would run is not", () => {
  assert.equal(previewKind("text/html; charset=utf-8"), "text");
  assert.equal(previewKind("application/ld+json"), "text");
  assert.equal(previewKind("image/svg+xml"), "image");
  assert.equal(previewKind("application/pdf"), "none");
});

test("each part of a path is encoded in an address", () => {
  assert.equal(publicAddress("alice", "a b/ü?.txt"), "/static/alice/a%20b/%C3%BC%3F.txt");
  assert.equal(storageAddress("alice", "50%.txt"), "/api/storage/alice/50%25.txt");
});
