import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import fc from "fast-check";
import { Descriptors, openFlag } from "./descriptors.ts";
import { Errno, errno } from "./errno.ts";
import { FileContents } from "./file-contents.ts";
import { FileTree } from "./file-tree.ts";

const cwd = -100;
const create = openFlag.create | openFlag.readWrite;
const refused = (code: number) => (error: unknown) => error instanceof Errno && error.code === code;
const text = (value: string) => new TextEncoder().encode(value);

let tree: FileTree;
let files: Descriptors;
beforeEach(() => {
  tree = new FileTree({ bytesMax: 4 * 65_536, nodesMax: 40 });
  tree.install("/lib/fixed", { contents: FileContents.of(text("fixed")) });
  tree.install("/home", { directory: "writable" });
  files = new Descriptors(tree, "/home");
});

const write = (path: string, value: string) => {
  const fd = files.open(cwd, path, create | openFlag.truncate, 0o644);
  files.write(fd, text(value), undefined);
  files.close(fd);
};
const read = (path: string) => {
  const fd = files.open(cwd, path, 0, 0);
  const into = new Uint8Array(100);
  const length = files.read(fd, into, undefined);
  files.close(fd);
  return new TextDecoder().decode(into.subarray(0, length));
};
const find = (path: string) => tree.find(files.workingDirectory, path, false);

describe("The installation", () => {
  const attempts: [string, () => unknown][] = [
    ["opened to write", () => files.open(cwd, "/lib/fixed", openFlag.writeOnly, 0)],
    ["cut", () => files.truncateNode(tree.find(tree.root, "/lib/fixed", true).node ?? tree.root, 0)],
    ["added to", () => files.open(cwd, "/lib/new", create, 0)],
    ["removed", () => tree.removeFile(find("/lib/fixed"))],
    ["moved away", () => tree.rename(find("/lib/fixed"), find("/home/x"))],
    ["given a directory", () => tree.makeDirectory(find("/new"), 0o755)],
    ["given a link", () => tree.makeLink(find("/lib/link"), "/home")],
    ["robbed of a directory", () => tree.removeDirectory(find("/home"))],
  ];
  for (const [name, attempt] of attempts) {
    test(`cannot be ${name}.`, () => {
      write("x", "mine");
      assert.throws(attempt, refused(errno.EROFS));
      assert.equal(read("/lib/fixed"), "fixed");
    });
  }
});

describe("Paths", () => {
  test("go through links, up and down, and stop at the root.", () => {
    tree.makeDirectory(find("a"), 0o755);
    write("a/f", "found");
    tree.makeLink(find("link"), "a");
    tree.makeLink(find("a/up"), "../link/f");
    assert.equal(read("/../../home/./link//f"), "found");
    assert.equal(read("a/up"), "found");
    assert.throws(() => read("a/f/"), refused(errno.ENOTDIR));
    assert.throws(() => read("a/f/x"), refused(errno.ENOTDIR));
    assert.throws(() => read("nothing/f"), refused(errno.ENOENT));
    assert.throws(() => read(""), refused(errno.ENOENT));
  });

  test("that lead in a circle are given up.", () => {
    tree.makeLink(find("a"), "b");
    tree.makeLink(find("b"), "a");
    assert.throws(() => read("a"), refused(errno.ELOOP));
  });

  test("and names have a longest length.", () => {
    assert.throws(() => find("x".repeat(256)), refused(errno.ENAMETOOLONG));
    assert.throws(() => find("é".repeat(128)), refused(errno.ENAMETOOLONG));
    assert.throws(() => find("x/".repeat(3000)), refused(errno.ENAMETOOLONG));
    assert.equal(find("x".repeat(255)).node, undefined);
  });

  test("of a directory that was removed while one stood in it lead nowhere.", () => {
    tree.makeDirectory(find("a"), 0o755);
    const place = find("a");
    assert.equal(place.node?.kind, "directory");
    if (place.node?.kind === "directory") files.workingDirectory = place.node;
    tree.removeDirectory(place);
    assert.throws(() => write("f", "x"), refused(errno.ENOENT));
    assert.throws(() => tree.pathOf(files.workingDirectory), refused(errno.ENOENT));
  });
});

describe("Moving", () => {
  test("replaces a file, and an empty directory, and nothing else.", () => {
    write("f", "1");
    write("g", "2");
    tree.rename(find("f"), find("g"));
    assert.equal(read("g"), "1");
    tree.makeDirectory(find("d"), 0o755);
    tree.makeDirectory(find("e"), 0o755);
    tree.rename(find("d"), find("e"));
    write("e/inside", "x");
    tree.makeDirectory(find("d"), 0o755);
    assert.throws(() => tree.rename(find("d"), find("e")), refused(errno.ENOTEMPTY));
    assert.throws(() => tree.rename(find("g"), find("d")), refused(errno.EISDIR));
    assert.throws(() => tree.rename(find("d"), find("g")), refused(errno.ENOTDIR));
    assert.throws(() => tree.rename(find("e"), find("e/below")), refused(errno.EINVAL));
  });
});

describe("The bound on bytes", () => {
  test("counts what links say.", () => {
    const free = tree.bytesFree;
    tree.makeLink(find("link"), "x".repeat(4000));
    assert.equal(tree.bytesFree, free - 4000);
    tree.removeFile(find("link"));
    assert.equal(tree.bytesFree, free);
  });

  test("holds over all files, and what is removed is given back once it is closed.", () => {
    const fd = files.open(cwd, "big", create, 0o644);
    files.write(fd, new Uint8Array(4 * 65_536), undefined);
    assert.throws(() => write("more", "x"), refused(errno.ENOSPC));
    tree.removeFile(find("big"));
    assert.throws(() => write("more", "x"), refused(errno.ENOSPC));
    files.close(fd);
    write("more", "x");
    assert.equal(read("more"), "x");
  });

  test("on files holds too, and comes back the same after any work.", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 200_000 })), { maxLength: 30 }),
        (work) => {
          const fresh = new FileTree({ bytesMax: 1 << 20, nodesMax: 40 });
          fresh.install("/home", { directory: "writable" });
          const own = new Descriptors(fresh, "/home");
          for (const [name, size] of work) {
            const fd = own.open(cwd, `${name}`, create | (size % 2 ? openFlag.truncate : 0), 0o644);
            try {
              own.write(fd, new Uint8Array(size % 70_000), size);
            } catch (error) {
              assert.ok(refused(errno.ENOSPC)(error));
            }
            own.close(fd);
          }
          for (const name of ["0", "1", "2", "3"]) {
            const place = fresh.find(own.workingDirectory, name, false);
            if (place.node) fresh.removeFile(place);
          }
          assert.equal(fresh.bytesFree, 1 << 20);
          for (let i = 0; i < 38; i++) own.close(own.open(cwd, `n${i}`, create, 0));
          assert.throws(() => own.open(cwd, "one more", create, 0), refused(errno.ENOSPC));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("Descriptors", () => {
  test("that are duplicated share their position.", () => {
    write("f", "abcdef");
    const one = files.open(cwd, "f", 0, 0);
    const two = files.duplicate(one, 0);
    const into = new Uint8Array(3);
    files.read(one, into, undefined);
    files.read(two, into, undefined);
    assert.equal(new TextDecoder().decode(into), "def");
    files.close(one);
    assert.equal(files.seek(two, 0, 0), 0);
    assert.throws(() => files.read(one, into, undefined), refused(errno.EBADF));
  });

  test("are the lowest that is free, and bounded.", () => {
    write("f", "");
    const first = files.open(cwd, "f", 0, 0);
    const second = files.open(cwd, "f", 0, 0);
    files.close(first);
    assert.equal(files.open(cwd, "f", 0, 0), first);
    assert.equal(second, first + 1);
    assert.throws(() => {
      for (;;) files.open(cwd, "f", 0, 0);
    }, refused(errno.EMFILE));
  });

  test("keep to how they were opened.", () => {
    write("f", "abc");
    const reader = files.open(cwd, "f", 0, 0);
    const writer = files.open(cwd, "f", openFlag.writeOnly | openFlag.append, 0);
    assert.throws(() => files.write(reader, text("x"), undefined), refused(errno.EBADF));
    assert.throws(() => files.read(writer, new Uint8Array(1), undefined), refused(errno.EBADF));
    assert.throws(() => files.truncate(reader, 0), refused(errno.EINVAL));
    files.write(writer, text("d"), undefined);
    assert.equal(read("f"), "abcd");
    assert.throws(() => files.open(cwd, "f", create | openFlag.exclusive, 0), refused(errno.EEXIST));
    assert.throws(() => files.open(cwd, "f", openFlag.directory, 0), refused(errno.ENOTDIR));
    assert.throws(() => files.open(cwd, ".", openFlag.writeOnly, 0), refused(errno.EISDIR));
  });
});
