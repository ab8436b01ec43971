import { cidOf } from "../blocks/cid.ts";
import { limits } from "../protocol/limits.ts";
import type { Cid } from "../stdx/ids.ts";

/** Brings the bytes of a wasm module. Rejects with a sentence when they can't be had or don't match their name. */
export interface ModuleSource {
  module(cid: string, path: string): Promise<Uint8Array>;
}

const cacheBytesMax = 128 * 1024 * 1024;
const fetchTimeoutMs = 30_000;

/** Keeps the modules used last, and asks `fetchBytes` for the others, once however many jobs wait for the same one. */
export class ModuleCache implements ModuleSource {
  readonly #fetchBytes: (cid: string, path: string) => Promise<Uint8Array>;
  readonly #held = new Map<string, Uint8Array>();
  readonly #wanted = new Map<string, Promise<Uint8Array>>();
  #heldBytes = 0;

  constructor(fetchBytes: (cid: string, path: string) => Promise<Uint8Array>) {
    this.#fetchBytes = fetchBytes;
  }

  module(cid: string, path: string): Promise<Uint8Array> {
    const held = this.#held.get(cid);
    if (held) {
      this.#held.delete(cid);
      this.#held.set(cid, held);
      return Promise.resolve(held);
    }
    let wanted = this.#wanted.get(cid);
    if (!wanted) {
      wanted = this.#fetch(cid, path).finally(() => this.#wanted.delete(cid));
      this.#wanted.set(cid, wanted);
    }
    return wanted;
  }

  async #fetch(cid: string, path: string): Promise<Uint8Array> {
    const bytes = await this.#fetchBytes(cid, path);
    const found: Cid = await cidOf(bytes);
    if (found !== cid) throw new Error(`The orchestrator sent other bytes than the module ${cid}.`);
    this.#held.set(cid, bytes);
    this.#heldBytes += bytes.length;
    for (const [oldest, { length }] of this.#held) {
      if (this.#heldBytes <= cacheBytesMax || oldest === cid) break;
      this.#held.delete(oldest);
      this.#heldBytes -= length;
    }
    return bytes;
  }
}

/** Fetches modules from the orchestrator's HTTP address, and from nowhere else, whatever path it names. */
export function httpModules(origin: URL): ModuleCache {
  return new ModuleCache(async (cid, path) => {
    const url = new URL(path, origin);
    if (url.origin !== origin.origin) throw new Error(`The module ${cid} is not on the orchestrator.`);
    const response = await fetch(url, { signal: AbortSignal.timeout(fetchTimeoutMs), redirect: "error" });
    if (!response.ok || !response.body)
      throw new Error(`The module ${cid} answered with status ${response.status}.`);
    return await readBounded(response.body, cid);
  });
}

async function readBounded(body: ReadableStream<Uint8Array>, cid: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > limits.wasmBytesMax) {
      await reader.cancel();
      throw new Error(`The module ${cid} is over ${limits.wasmBytesMax} bytes.`);
    }
    chunks.push(read.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
