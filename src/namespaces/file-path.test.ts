import assert from "node:assert/strict";
import { normalize, posix, win32 } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { AppError } from "../stdx/errors.ts";
import { foldersOf, parseFilePath } from "./file-path.ts";

const refused = (error: unknown) => {
  assert.ok(error instanceof AppError);
  assert.equal(error.code, "invalid_path");
  assert.match(error.message, /^The path must /);
  return true;
};

test("ordinary names of the web are paths", () => {
  const names = [
    "index.html",
    "css/style.css",
    ".well-known/acme-challenge/x_Y-1",
    "a b/c d.txt",
    "...a/..b",
    "ünïcode/日本語.html",
    "100%.txt",
    "50%20off",
    "x".repeat(255),
    "console.js",
    "aux-files/nullable.txt",
    "@scope/pkg@1.0.0/file~1.js",
    "ab:c",
  ];
  for (const name of names) assert.equal(parseFilePath(name), name);
});

test("what would leave the namespace is refused in every spelling", () => {
  const names = [
    "..",
    "../x",
    "a/../../x",
    "a/..",
    ".",
    "./x",
    "a/./x",
    "/etc/passwd",
    "//server/share",
    "C:/x",
    "c:x",
    "..\\x",
    "a\\b",
    "\\\\server\\share",
    "%2e%2e/x",
    "%2E%2E%2Fx",
    "..%2fx",
    "..%5cx",
    "a%00.html",
    "%252e%252e%252fx",
    "a\0.html",
    "a\n",
    "a\x7f",
    "a\x85b",
    ". ./x",
    ".. /x",
    "... ",
    "...",
    "．．/x",
    "‥/x",
    "a／b",
    "a＼b",
    "a//b",
    "a/",
    "",
    " ",
    "a/ b",
    "a ",
    "a.",
    "a./b",
    "\ud800",
  ];
  for (const name of names) assert.throws(() => parseFilePath(name), refused, JSON.stringify(name));
});

test("reserved and over-long names are refused", () => {
  const names = [
    "con",
    "NUL",
    "a/Aux",
    "nul.txt",
    "com1",
    "LPT9.tar.gz",
    "com¹",
    "CONIN$",
    "x".repeat(256),
    "é".repeat(128),
  ];
  for (const name of names) assert.throws(() => parseFilePath(name), refused, name);
  assert.throws(() => parseFilePath(`${"a/".repeat(512)}b`), refused);
  assert.equal(parseFilePath(`${"a/".repeat(511)}bc`).length, 1024);
});

test("no path that is let through changes when any system normalizes it", () => {
  const piece = fc.constantFrom(
    ".",
    "..",
    "/",
    "\\",
    "a",
    "%2e",
    "%",
    "2e",
    " ",
    "\0",
    "．",
    "c:",
    "nul",
    "é",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece, { maxLength: 8 }).map((parts) => parts.join("")),
        fc.string(),
      ),
      (text) => {
        let path: string;
        try {
          path = parseFilePath(text);
        } catch (error) {
          refused(error);
          return;
        }
        for (const read of [path, decodeOnce(path), path.normalize("NFKC")]) {
          assert.equal(posix.join("/base", read), `/base/${read}`);
          assert.equal(normalize(read), read);
          assert.ok(win32.resolve("C:\\base", read).startsWith("C:\\base\\"));
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test("the folders of a path are its beginnings", () => {
  assert.deepEqual(foldersOf(parseFilePath("a/bc/d.txt")), ["a", "a/bc"]);
  assert.deepEqual(foldersOf(parseFilePath("d.txt")), []);
});

function decodeOnce(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
