import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createBrotliCompress } from "node:zlib";
import type { Clock } from "../../../stdx/clock.ts";
import type { Log } from "../../../stdx/log.ts";
import { kernelBundle } from "./kernel-bundle.ts";
import { Launcher } from "./launcher.ts";
import { PythonSnapshot } from "./python-snapshot.ts";
import { findToolchain } from "./toolchain.ts";

export interface PythonAssetFilesParts {
  /** Where the memory snapshot and what was compressed are kept. */
  readonly cacheDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

interface Body {
  readonly path: string;
  readonly bytes: number;
}

interface Asset {
  readonly role: "interpreter" | "snapshot";
  readonly name: string;
  readonly type: string;
  readonly bodies: { readonly identity: Body; br?: Body };
}

/** Better than this takes many times as long and saves a few percent. */
const brotliQuality = 5;
const brotliWindowBits = 24;
const hashLength = 16;
const twinName = /^python-asset-.*\.br$/;
const othersKeptMs = 24 * 60 * 60 * 1000;

/**
 * The files that browsers make Python cells of: the interpreter and the memory snapshot, which is made in a sealed cell of
 * this machine when nobody has needed it yet. Their compressed twins are made beside the running of everything else.
 */
export class PythonAssetFiles implements AsyncDisposable {
  readonly #parts: PythonAssetFilesParts;
  readonly #stopping = new AbortController();
  #snapshot: PythonSnapshot | undefined;
  #assets: Promise<readonly Asset[]> | undefined;
  #compressing: Promise<void> = Promise.resolve();

  constructor(parts: PythonAssetFilesParts) {
    this.#parts = parts;
  }

  /** A failure is forgotten, so that the next call tries again. */
  list(): Promise<readonly Asset[]> {
    this.#assets ??= this.#find().catch((error: unknown) => {
      this.#assets = undefined;
      throw error;
    });
    return this.#assets;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    this.#snapshot?.[Symbol.dispose]();
    await this.#assets?.catch(() => {});
    await this.#compressing;
  }

  async #find(): Promise<readonly Asset[]> {
    const { cacheDir, clock, log } = this.#parts;
    const toolchain = await findToolchain(await kernelBundle());
    const launcher = await Launcher.create(toolchain, true);
    this.#stopping.signal.throwIfAborted();
    this.#snapshot ??= new PythonSnapshot({ cacheDir, toolchain, launcher, clock, log });
    const wasm = join(toolchain.pyodideDir, "pyodide.asm.wasm");
    const assets = [
      await assetOf("interpreter", wasm, "wasm", "application/wasm"),
      await assetOf("snapshot", await this.#snapshot.path(), "bin", "application/octet-stream"),
    ];
    this.#compressing = this.#compressAll(assets).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) log.warn({ err: error }, "Python's files are served uncompressed");
    });
    return assets;
  }

  async #compressAll(assets: readonly Asset[]): Promise<void> {
    const twins: string[] = [];
    for (const asset of assets) {
      const path = join(this.#parts.cacheDir, `python-asset-${asset.name}.br`);
      twins.push(basename(path));
      const known = await stat(path).catch(() => undefined);
      if (!known) await this.#compress(asset.bodies.identity, path);
      asset.bodies.br = { path, bytes: known?.size ?? (await stat(path)).size };
    }
    await this.#removeOthers(twins);
  }

  /** Renamed into place, so that a twin that is there is whole. */
  async #compress({ path: from, bytes }: Body, to: string): Promise<void> {
    const unfinished = `${to}.${randomUUID()}`;
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
      [constants.BROTLI_PARAM_LGWIN]: brotliWindowBits,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes,
    };
    try {
      const { signal } = this.#stopping;
      const output = createWriteStream(unfinished, { mode: 0o600 });
      await pipeline(createReadStream(from), createBrotliCompress({ params }), output, { signal });
      await rename(unfinished, to);
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  async #removeOthers(kept: readonly string[]): Promise<void> {
    const { cacheDir, clock } = this.#parts;
    for (const name of await readdir(cacheDir)) {
      if (!twinName.test(name) || kept.includes(name)) continue;
      const path = join(cacheDir, name);
      const made = await stat(path).catch(() => undefined);
      if (made && clock.now() - made.mtimeMs > othersKeptMs) await rm(path, { force: true });
    }
  }
}

async function assetOf(role: Asset["role"], path: string, suffix: string, type: string): Promise<Asset> {
  const contents = await readFile(path);
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, hashLength);
  const name = `${role}-${hash}.${suffix}`;
  return { role, name, type, bodies: { identity: { path, bytes: contents.length } } };
}
