import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Log } from "../../../stdx/log.ts";
import { FrameDecoder } from "../../kernel/wire.ts";
import { readCellFrame } from "./cell-frame.ts";
import type { Launcher } from "./launcher.ts";
import type { Toolchain } from "./toolchain.ts";

export interface PythonSnapshotParts {
  /** Made when missing. */
  readonly cacheDir: string;
  readonly toolchain: Toolchain;
  readonly launcher: Launcher;
  readonly log: Log;
}

const makeMsMax = 120_000;
const snapshotBytesMax = 256 * 1024 * 1024;
const snapshotName = /^python-[0-9a-f]{16}-([0-9a-f]{64})\.snapshot$/;

/**
 * The memory of a Python interpreter that has started and served nobody, as a file. Making it takes seconds, starting
 * from it a fraction of one. It is made in a sealed cell of its own, once for each version of interpreter, kernel and
 * engine, and carries its SHA-256 in its name, so that a damaged file is found out and made again.
 */
export class PythonSnapshot {
  readonly #parts: PythonSnapshotParts;
  #path: Promise<string> | undefined;

  constructor(parts: PythonSnapshotParts) {
    this.#parts = parts;
  }

  /** The file's path, once it is there and whole. A failure is not kept: the next call tries again. */
  path(): Promise<string> {
    this.#path ??= this.#find().catch((error: unknown) => {
      this.#path = undefined;
      throw error;
    });
    return this.#path;
  }

  async #find(): Promise<string> {
    const { cacheDir, log } = this.#parts;
    await mkdir(cacheDir, { recursive: true, mode: 0o700 });
    const prefix = `python-${await this.#version()}-`;
    const kept = await findWhole(cacheDir, prefix);
    if (kept) return kept;
    log.info({ cacheDir }, "making Python's memory snapshot; this takes a few seconds, once");
    const snapshot = await this.#make();
    const path = join(cacheDir, `${prefix}${sha256(snapshot)}.snapshot`);
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, snapshot, { mode: 0o600 });
    await rename(unfinished, path);
    await this.#removeOthers(path);
    return path;
  }

  /** What the snapshot depends on: a change in any of it makes another file. */
  async #version(): Promise<string> {
    const { deno, kernel, pyodideDir } = this.#parts.toolchain;
    const hash = createHash("sha256").update(deno);
    for (const path of [kernel, join(pyodideDir, "package.json"), join(pyodideDir, "pyodide.asm.wasm")]) {
      hash.update(await readFile(path));
    }
    return hash.digest("hex").slice(0, 16);
  }

  #make(): Promise<Uint8Array> {
    const { process } = this.#parts.launcher.launch("python-snapshot", undefined);
    const decoder = new FrameDecoder(snapshotBytesMax);
    return new Promise<Uint8Array>((resolve, reject) => {
      let complaint = "";
      const late = setTimeout(() => process.kill("SIGKILL"), makeMsMax);
      process.stdout?.on("data", (chunk: Buffer) => {
        for (const { header, payload } of decoder.push(chunk)) {
          if (readCellFrame(header)?.t === "snapshot") resolve(payload);
        }
      });
      process.stderr?.on("data", (chunk: Buffer) => {
        complaint = (complaint + chunk.toString()).slice(0, 2000);
      });
      process.once("error", reject);
      process.once("close", () => {
        clearTimeout(late);
        reject(new Error(`The maker of Python's memory snapshot ended without one. ${complaint}`));
      });
    }).finally(() => process.kill("SIGKILL"));
  }

  async #removeOthers(kept: string): Promise<void> {
    const { cacheDir } = this.#parts;
    for (const name of await readdir(cacheDir)) {
      if (snapshotName.test(name) && name !== basename(kept)) {
        await rm(join(cacheDir, name), { force: true });
      }
    }
  }
}

/** The snapshot with this prefix whose bytes are those that its name promises. */
async function findWhole(cacheDir: string, prefix: string): Promise<string | undefined> {
  for (const name of await readdir(cacheDir)) {
    const promised = name.startsWith(prefix) ? snapshotName.exec(name)?.[1] : undefined;
    const path = join(cacheDir, name);
    if (promised && sha256(await readFile(path)) === promised) return path;
  }
  return undefined;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
