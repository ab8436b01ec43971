import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { ManualClock } from "../../../stdx/clock.ts";
import { noLog } from "../../../stdx/log.ts";
import { FrameWriter } from "../../kernel/wire.ts";
import { PythonSnapshot } from "./python-snapshot.ts";

const content = new Uint8Array(100_000).map((_, i) => i % 251);

let folder: string;
let cacheDir: string;
let pyodideDir: string;
let made = 0;
let clock: ManualClock;
let launched: PromiseWithResolvers<void>;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "zerverless-snapshot-"));
  const frame = new FrameWriter();
  frame.add({ t: "snapshot" }, content);
  await writeFile(join(folder, "frame"), frame.take());
  await writeFile(join(folder, "pyodide.asm.wasm"), "interpreter");
  await writeFile(join(folder, "python_stdlib.zip"), "library");
  pyodideDir = folder;
});
after(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  cacheDir = await mkdtemp(join(folder, "cache-"));
  made = 0;
  clock = new ManualClock();
  launched = Promise.withResolvers();
});

/** A maker that writes the frame from a file, with the real pipes and process. */
const keeper = (script = "process.stdout.write(require('fs').readFileSync(process.argv[1]))") =>
  new PythonSnapshot({
    cacheDir,
    toolchain: { kernel: join(folder, "frame"), pyodideDir },
    launcher: {
      launch() {
        made++;
        const child = spawn(process.execPath, ["-e", script, join(folder, "frame")], {
          stdio: ["pipe", "pipe", "pipe"],
        });
        launched.resolve();
        return { process: child, pid: Promise.resolve(child.pid ?? 0) };
      },
    },
    clock,
    log: noLog,
  });

const files = async () => (await readdir(cacheDir)).filter((name) => name.startsWith("python-"));

test("The snapshot is made once, and found again by the next start.", async () => {
  const path = await keeper().path();
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
  const again = keeper();
  assert.equal(await again.path(), path);
  assert.equal(await again.path(), path);
  assert.equal(made, 1);
});

test("A damaged snapshot is thrown away and made again.", async () => {
  const path = await keeper().path();
  const bytes = await readFile(path);
  bytes[50_000] = (bytes[50_000] ?? 0) ^ 1;
  await writeFile(path, bytes);
  assert.equal(await keeper().path(), path);
  assert.deepEqual(new Uint8Array(await readFile(path)), content);
  assert.equal(made, 2);
});

test("Makers at work at once all come to one whole file.", async () => {
  const paths = await Promise.all([keeper(), keeper(), keeper()].map((each) => each.path()));
  assert.equal(new Set(paths).size, 1);
  assert.equal((await files()).length, 1, "no unfinished file is left");
  assert.deepEqual(new Uint8Array(await readFile(paths[0] ?? "")), content);
});

test("Another interpreter gets a snapshot of its own; the last one goes when it is a day old.", async () => {
  const old = await keeper().path();
  await writeFile(join(folder, "python_stdlib.zip"), "another library");
  const path = await keeper().path();
  assert.notEqual(path, old);
  assert.equal((await files()).length, 2, "a program that still runs may need the other");
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(old, longAgo, longAgo);
  await writeFile(join(folder, "python_stdlib.zip"), "a third library");
  await keeper().path();
  assert.equal((await files()).includes(old.slice(cacheDir.length + 1)), false);
});

test("A maker that fails is an error that says what it complained of, and after a rest another is started.", async () => {
  const failing = keeper("console.error('no memory to be had')");
  await assert.rejects(failing.path(), /ended without one\. no memory to be had/);
  await assert.rejects(failing.path(), /no memory to be had/);
  assert.equal(made, 1, "it rests");
  clock.advance(60_000);
  await assert.rejects(failing.path(), /no memory to be had/);
  assert.equal(made, 2);
  assert.deepEqual(await files(), []);
});

test("A maker at work is ended with its keeper.", async () => {
  const stopped = keeper("process.stdin.resume()");
  const path = stopped.path();
  await launched.promise;
  stopped[Symbol.dispose]();
  await assert.rejects(path, /ended without one/);
});
