/// <reference path="../../webassembly.d.ts" />
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { GuestMemory } from "../guest-memory.ts";
import type { WasiSetup } from "./context.ts";
import { errno } from "./errno.ts";
import { wasiImports } from "./wasi.ts";

const memoryBytes = 65_536;
const errnos: ReadonlySet<number> = new Set(Object.values(errno));

class Exit extends Error {}

const callNames = [
  ..."args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get random_get".split(
    " ",
  ),
  ..."proc_exit proc_raise sched_yield poll_oneoff sock_accept sock_recv sock_send sock_shutdown".split(" "),
  ..."fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights".split(
    " ",
  ),
  ..."fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_get".split(" "),
  ..."fd_prestat_dir_name fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write".split(
    " ",
  ),
  ..."path_create_directory path_filestat_get path_filestat_set_times path_link path_open path_readlink".split(
    " ",
  ),
  ..."path_remove_directory path_rename path_symlink path_unlink_file".split(" "),
];

/** A program's system calls and its memory, driven from outside. */
function program(setup: Partial<WasiSetup> = {}) {
  const memory = new GuestMemory();
  const raw = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  memory.attach(raw);
  const slept: number[] = [];
  const printed: string[] = [];
  const calls = wasiImports(
    {
      args: ["main.wasm"],
      env: {},
      stdin: new Uint8Array(0),
      files: new Map(),
      fileBytesMax: 1 << 20,
      ...setup,
    },
    {
      memory,
      write: (stream, bytes) => void printed.push(`${stream}:${new TextDecoder().decode(bytes)}`),
      sleep: (ms) => void slept.push(ms),
      exit(code) {
        throw new Exit(String(code));
      },
    },
    callNames,
  );
  const bytes = new Uint8Array(raw.buffer);
  const view = new DataView(raw.buffer);
  const call = (name: string, ...args: (number | bigint)[]): unknown => calls[name]?.(...args);
  /** Puts a text at an address; answers both as the two parameters of a path. */
  const text = (at: number, value: string): [number, number] => {
    const encoded = new TextEncoder().encode(value);
    bytes.set(encoded, at);
    return [at, encoded.length];
  };
  return { calls, call, text, bytes, view, slept, printed };
}

type Program = ReturnType<typeof program>;

const open = ({ call, text, view }: Program, path: string, flags = 1, rights = 66n, fdflags = 0): number => {
  const code = call("path_open", 3, 0, ...text(1000, path), flags, rights, 0n, fdflags, 900);
  return code === errno.success ? view.getUint32(900, true) : -Number(code);
};

const write = ({ call, text, view }: Program, fd: number, value: string): unknown => {
  const [at, length] = text(2000, value);
  view.setUint32(920, at, true);
  view.setUint32(924, length, true);
  return call("fd_write", fd, 920, 1, 930);
};

const read = ({ call, bytes, view }: Program, fd: number): string => {
  view.setUint32(920, 3000, true);
  view.setUint32(924, 4000, true);
  assert.equal(call("fd_read", fd, 920, 1, 930), errno.success);
  return new TextDecoder().decode(bytes.slice(3000, 3000 + view.getUint32(930, true)));
};

const list = ({ call, bytes, view }: Program, fd: number, space: number): string[] => {
  const names: string[] = [];
  let cookie = 0n;
  for (let turn = 0; turn < 200; turn++) {
    assert.equal(call("fd_readdir", fd, 8000, space, cookie, 930), errno.success);
    const used = view.getUint32(930, true);
    let at = 8000;
    const end = 8000 + used;
    while (at + 24 <= end && at + 24 + view.getUint32(at + 16, true) <= end) {
      const length = view.getUint32(at + 16, true);
      cookie = view.getBigUint64(at, true);
      names.push(new TextDecoder().decode(bytes.slice(at + 24, at + 24 + length)));
      at += 24 + length;
    }
    if (used < space) return names;
  }
  throw new Error("The listing never ends.");
};

describe("WASI", () => {
  test("has all calls of preview 1.", () => {
    assert.equal(callNames.length, 46);
    assert.deepEqual(Object.keys(program().calls), callNames);
  });

  test("answers an error number to whatever is passed.", () => {
    const { calls } = program();
    const names = Object.keys(calls).filter((name) => name !== "proc_exit");
    const argument = fc.oneof(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 0, max: memoryBytes }),
      fc.integer(),
      fc.bigInt({ min: 0n, max: 100n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(Number.NaN, undefined, null, {}),
    );
    const step = fc.tuple(fc.constantFrom(...names), fc.array(argument, { minLength: 9, maxLength: 9 }));
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 512, maxLength: 512 }),
        fc.array(step, { maxLength: 60 }),
        (seed, steps) => {
          const guest = program({ files: new Map([["a/b", seed]]) });
          for (let at = 0; at < memoryBytes; at += seed.length) guest.bytes.set(seed, at);
          guest.text(100, "a/b");
          for (const [name, args] of steps) {
            const answer: unknown = guest.calls[name]?.(...args);
            assert.ok(typeof answer === "number" && errnos.has(answer), `${name} answered ${answer}`);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test("answers an error number to calls that are nearly right.", () => {
    const fd = fc.integer({ min: 0, max: 8 });
    const path = fc.constantFrom(
      "a",
      "a/b",
      "a/b/c",
      "../a",
      "/",
      ".",
      "a/",
      "b",
      "b/c",
      "",
      "\0",
      "x".repeat(300),
    );
    const number = fc.constantFrom(0, 1, 2, 4, 8, 9, 64, 4096, 65_535, 0xffff_ffff);
    const step = fc.record({
      name: fc.constantFrom(
        ..."path_open path_create_directory path_remove_directory path_unlink_file path_rename path_link".split(
          " ",
        ),
        ..."fd_write fd_pwrite fd_read fd_pread fd_seek fd_close fd_renumber fd_readdir fd_filestat_set_size".split(
          " ",
        ),
        ..."fd_filestat_get path_filestat_get fd_fdstat_set_flags".split(" "),
      ),
      fd,
      other: fd,
      path,
      second: path,
      number,
      offset: fc.bigInt({ min: 0n, max: 3_000_000n }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const guest = program({ fileBytesMax: 100_000 });
        guest.view.setUint32(920, 10_000, true);
        guest.view.setUint32(924, 50_000, true);
        for (const { name, fd, other, path, second, number, offset } of steps) {
          const first = guest.text(1000, path);
          const next = guest.text(2000, second);
          const shapes: Record<string, (number | bigint)[]> = {
            path_open: [fd, 0, ...first, number, 66n, 0n, number, 900],
            path_rename: [fd, ...first, other, ...next],
            path_link: [fd, 0, ...first, other, ...next],
            path_filestat_get: [fd, 0, ...first, 900],
            fd_write: [fd, 920, 1, 930],
            fd_read: [fd, 920, 1, 930],
            fd_pwrite: [fd, 920, 1, offset, 930],
            fd_pread: [fd, 920, 1, offset, 930],
            fd_seek: [fd, offset, number, 930],
            fd_renumber: [fd, other],
            fd_readdir: [fd, 8000, 200, offset, 930],
            fd_filestat_set_size: [fd, offset],
            fd_filestat_get: [fd, 900],
            fd_close: [fd],
            fd_fdstat_set_flags: [fd, number],
          };
          const answer = guest.call(name, ...(shapes[name] ?? [fd, ...first]));
          assert.ok(typeof answer === "number" && errnos.has(answer), `${name} answered ${answer}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("proc_exit unwinds with its code.", () => {
    assert.throws(
      () => program().call("proc_exit", -1),
      (error) => error instanceof Exit && error.message === "4294967295",
    );
  });

  test("files keep what is written, seek, append, truncate and report their size.", () => {
    const guest = program();
    const fd = open(guest, "f");
    assert.equal(write(guest, fd, "hello world"), errno.success);
    assert.equal(guest.call("fd_seek", fd, -5n, 2, 940), errno.success);
    assert.equal(guest.view.getBigUint64(940, true), 6n);
    assert.equal(read(guest, fd), "world");
    const appending = open(guest, "f", 0, 66n, 1);
    write(guest, appending, "!");
    guest.call("fd_filestat_get", fd, 5000);
    assert.equal(guest.view.getBigUint64(5032, true), 12n);
    assert.equal(guest.call("fd_filestat_set_size", fd, 3n), errno.success);
    guest.call("fd_seek", fd, 0n, 0, 940);
    assert.equal(read(guest, fd), "hel");
    guest.call("fd_seek", fd, 5n, 0, 940);
    write(guest, fd, "x");
    guest.call("fd_seek", fd, 0n, 0, 940);
    assert.equal(read(guest, fd), "hel\0\0x");
    assert.equal(open(guest, "f", 8), 6);
    guest.call("fd_seek", fd, 0n, 0, 940);
    assert.equal(read(guest, fd), "");
  });

  test("what is removed while it is open can still be used, and its bytes are given back at the end.", () => {
    const guest = program({ fileBytesMax: 60_000 });
    for (let turn = 0; turn < 20; turn++) {
      const fd = open(guest, "f");
      assert.equal(write(guest, fd, "x".repeat(30_000)), errno.success);
      assert.equal(guest.call("path_unlink_file", 3, ...guest.text(1000, "f")), errno.success);
      assert.equal(write(guest, fd, "more"), errno.success);
      assert.equal(guest.call("fd_close", fd), errno.success);
    }
  });

  test("a file may have two names.", () => {
    const guest = program();
    write(guest, open(guest, "f"), "text");
    assert.equal(
      guest.call("path_link", 3, 0, ...guest.text(1000, "f"), 3, ...guest.text(1100, "g")),
      errno.success,
    );
    assert.equal(guest.call("path_unlink_file", 3, ...guest.text(1000, "f")), errno.success);
    assert.equal(read(guest, open(guest, "g", 0)), "text");
    assert.equal(open(guest, "f", 0), -errno.noEntry);
  });

  test("directories are made, listed in parts, renamed and removed.", () => {
    const guest = program();
    assert.equal(guest.call("path_create_directory", 3, ...guest.text(1000, "d")), errno.success);
    assert.equal(guest.call("path_create_directory", 3, ...guest.text(1000, "d")), errno.exists);
    const names = Array.from({ length: 30 }, (_, n) => `file-${n}`);
    for (const name of names) open(guest, `d/${name}`);
    const fd = open(guest, "d", 2, 1n << 14n);
    for (const space of [40, 100, 4096]) {
      assert.deepEqual(list(guest, fd, space), [".", "..", ...names]);
    }
    assert.equal(guest.call("path_remove_directory", 3, ...guest.text(1000, "d")), errno.notEmpty);
    assert.equal(
      guest.call("path_rename", 3, ...guest.text(1000, "d"), 3, ...guest.text(1100, "d/e")),
      errno.invalid,
    );
    assert.equal(
      guest.call("path_rename", 3, ...guest.text(1000, "d"), 3, ...guest.text(1100, "e")),
      errno.success,
    );
    for (const name of names) guest.call("path_unlink_file", 3, ...guest.text(1000, `e/${name}`));
    assert.equal(guest.call("path_remove_directory", 3, ...guest.text(1000, "e")), errno.success);
    assert.deepEqual(list(guest, 3, 4096), [".", ".."]);
    assert.equal(
      guest.call("path_open", fd, 0, ...guest.text(1000, "late"), 1, 66n, 0n, 0, 900),
      errno.noEntry,
    );
  });

  test("paths stay inside, whichever way they are written.", () => {
    const guest = program({ files: new Map([["a/b", new TextEncoder().encode("here")]]) });
    for (const path of ["a/b", "/a/b", "./a//b", "../../a/b", "a/../a/b", "a/./b"]) {
      assert.equal(read(guest, open(guest, path, 0)), "here", path);
    }
    assert.equal(open(guest, "a/b/", 0), -errno.notDirectory);
    assert.equal(open(guest, "a/b/c", 0), -errno.notDirectory);
    assert.equal(open(guest, "a", 0, 66n), -errno.isDirectory);
    assert.equal(open(guest, "a/b", 5), -errno.exists);
    assert.equal(open(guest, "x".repeat(256), 1), -errno.nameTooLong);
  });

  test("the number of files and of open descriptors is bounded.", () => {
    const guest = program();
    let opened = 0;
    while (open(guest, "f") > 0) opened++;
    assert.equal(opened, 1020);
    assert.equal(open(guest, "f"), -errno.tooManyFiles);
    assert.equal(guest.call("fd_close", 100), errno.success);
    let made = 1;
    while (guest.call("path_create_directory", 3, ...guest.text(1000, `d${made}`)) === errno.success) made++;
    assert.equal(made, 9999);
    assert.equal(open(guest, "another"), -errno.noSpace);
  });

  test("output is handed on as it is written, and standard streams can't be sought.", () => {
    const guest = program({ stdin: new TextEncoder().encode("in") });
    write(guest, 1, "out");
    write(guest, 2, "err");
    assert.deepEqual(guest.printed, ["stdout:out", "stderr:err"]);
    assert.equal(read(guest, 0), "in");
    assert.equal(read(guest, 0), "");
    assert.equal(guest.call("fd_seek", 1, 0n, 0, 940), errno.notSeekable);
    assert.equal(write(guest, 0, "x"), errno.badFd);
    guest.call("fd_fdstat_get", 1, 5000);
    assert.equal(guest.view.getUint8(5000), 2);
  });

  test("sleeping waits for the first clock, and not at all where something is ready.", () => {
    const guest = program();
    const subscribe = (at: number, type: number, id: number, timeout: bigint, flags = 0) => {
      guest.bytes.fill(0, at, at + 48);
      guest.view.setBigUint64(at, BigInt(at), true);
      guest.view.setUint8(at + 8, type);
      guest.view.setUint32(at + 16, id, true);
      guest.view.setBigUint64(at + 24, timeout, true);
      guest.view.setUint16(at + 40, flags, true);
    };
    subscribe(5000, 0, 1, 50_000_000n);
    subscribe(5048, 0, 0, 20_000_000n);
    assert.equal(guest.call("poll_oneoff", 5000, 6000, 2, 7000), errno.success);
    assert.deepEqual(guest.slept, [20]);
    assert.equal(guest.view.getUint32(7000, true), 1);
    assert.equal(guest.view.getBigUint64(6000, true), 5048n);
    subscribe(5048, 2, 1, 0n);
    assert.equal(guest.call("poll_oneoff", 5000, 6000, 2, 7000), errno.success);
    subscribe(5048, 1, 77, 0n);
    assert.equal(guest.call("poll_oneoff", 5000, 6000, 2, 7000), errno.success);
    assert.equal(guest.view.getUint16(6008, true), errno.badFd);
    subscribe(5000, 0, 0, 1n, 1);
    assert.equal(guest.call("poll_oneoff", 5000, 6000, 1, 7000), errno.success);
    assert.deepEqual(guest.slept, [20]);
    assert.equal(guest.call("poll_oneoff", 5000, 6000, 0, 7000), errno.invalid);
  });
});
