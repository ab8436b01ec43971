import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import { FrameDecoder } from "../../kernel/wire.ts";
import { readCellFrame } from "../cell-frame.ts";
import type { Launcher } from "./launcher.ts";
import type { Toolchain } from "./toolchain.ts";

export interface PythonSnapshotParts {
  /** Made when missing. */
  readonly cacheDir: string;
  readonly toolchain: Pick<Toolchain, "kernel" | "pyodideDir">;
  readonly launcher: Pick<Launcher, "launch">;
  readonly clock: Clock;
  readonly log: Log;
}

const makeMsMax = 120_000;
/** After a failure it is not tried again before this, or every Python job would start a maker of its own. */
const retryMs = 10_000;
const snapshotBytesMax = 256 * 1024 * 1024;
/** Another version of this program may still start cells from a snapshot of its own. */
const othersKeptMs = 24 * 60 * 60 * 1000;
/** What prepares the snapshot, in a checkout; a published package has it inside the kernel bundle. */
const makerSources = join(dirname(fileURLToPath(import.meta.url)), "../../kernel/python");
const snapshotName = /^python-[0-9a-f]{16}-([0-9a-f]{64})\.snapshot$/;

/**
 * The memory of a Python interpreter that has started and served nobody, as a file. Making it takes seconds, starting
 * from it a fraction of one. It is made in a sealed cell of its own, once for each version of the interpreter and of what
 * prepares it, and carries its SHA-256 in its name, so that a damaged file is found out and made again. Of makers that run
 * at once each writes a whole file and renames it into place, and all of them are right.
 */
export class PythonSnapshot implements Disposable {
  readonly #parts: PythonSnapshotParts;
  readonly #stopping = new AbortController();
  #path: Promise<string> | undefined;

  constructor(parts: PythonSnapshotParts) {
    this.#parts = parts;
  }

  /** The file's path, once it is there and whole. A failure is kept for a while; then the next call tries again. */
  path(): Promise<string> {
    this.#path ??= this.#find().catch((error: unknown) => {
      this.#parts.clock.after(retryMs, () => {
        this.#path = undefined;
      });
      throw error;
    });
    return this.#path;
  }

  /** Ends the maker, if one is at work. */
  [Symbol.dispose](): void {
    this.#stopping.abort();
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
    const unfinished = `${path}.${randomUUID()}`;
    try {
      await writeFile(unfinished, snapshot, { mode: 0o600 });
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
    }
    await this.#removeOthers(path);
    return path;
  }

  /** What the snapshot depends on: a change in any of it makes another file. */
  async #version(): Promise<string> {
    const { kernel, pyodideDir } = this.#parts.toolchain;
    const makers = existsSync(makerSources)
      ? (await readdir(makerSources))
          .filter((name) => !name.endsWith(".test.ts"))
          .sort()
          .map((name) => join(makerSources, name))
      : [kernel];
    const interpreter = ["pyodide.asm.wasm", "python_stdlib.zip"].map((name) => join(pyodideDir, name));
    const hash = createHash("sha256");
    for (const path of [...makers, ...interpreter]) hash.update(await readFile(path));
    return hash.digest("hex").slice(0, 16);
  }

  #make(): Promise<Uint8Array> {
    this.#stopping.signal.throwIfAborted();
    const { process } = this.#parts.launcher.launch("python-snapshot", undefined);
    const decoder = new FrameDecoder(snapshotBytesMax);
    return new Promise<Uint8Array>((resolve, reject) => {
      let complaint = "";
      const late = this.#parts.clock.after(makeMsMax, () => process.kill("SIGKILL"));
      this.#stopping.signal.addEventListener("abort", () => process.kill("SIGKILL"), { once: true });
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
        late.cancel();
        reject(new Error(`The maker of Python's memory snapshot ended without one. ${complaint}`));
      });
    }).finally(() => process.kill("SIGKILL"));
  }

  async #removeOthers(kept: string): Promise<void> {
    const { cacheDir } = this.#parts;
    for (const name of await readdir(cacheDir)) {
      if (!snapshotName.test(name) || name === basename(kept)) continue;
      const path = join(cacheDir, name);
      const made = await stat(path).catch(() => undefined);
      if (made && Date.now() - made.mtimeMs > othersKeptMs) await rm(path, { force: true });
    }
  }
}

/** The snapshot with this prefix whose bytes are those that its name promises. */
async function findWhole(cacheDir: string, prefix: string): Promise<string | undefined> {
  for (const name of await readdir(cacheDir)) {
    const promised = name.startsWith(prefix) ? snapshotName.exec(name)?.[1] : undefined;
    const path = join(cacheDir, name);
    if (promised === undefined) continue;
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes && sha256(bytes) === promised) return path;
    await rm(path, { force: true });
  }
  return undefined;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
