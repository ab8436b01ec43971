import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { ByteCache } from "../stdx/byte-cache.ts";
import type { FileStore, StoredFile } from "./file-store.ts";

/** How a body travels, in the words of HTTP's Content-Encoding. */
export type BodyEncoding = "identity" | "gzip" | "br";

/** A file larger than this is streamed and never held. */
export const heldBytesMax = 1024 * 1024;
/** Compressing less would not save a packet. */
const compressedBytesMin = 1024;
/** Text, and the few types beside it that are text as well. */
const compressible =
  /^(?:text\/|application\/(?:json|javascript|xml|wasm|manifest\+json|[\w.-]+\+(?:json|xml)|x-ndjson|rtf)$|image\/(?:svg\+xml|bmp)$|font\/(?:ttf|otf)$)/;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** Whether a file is worth compressing, and small enough for it. */
export function mayCompress({ type, size }: StoredFile): boolean {
  return size >= compressedBytesMin && size <= heldBytesMax && compressible.test(type);
}

/** Bodies of small files, also compressed, kept by their blob: what is known of a blob stays true. */
export class FileBodies {
  readonly #store: Pick<FileStore, "open">;
  readonly #cache: ByteCache<string, Buffer>;
  /** Bodies that are being made, so that many who ask at once cost one reading and one compression. */
  readonly #making = new Map<string, Promise<Buffer | undefined>>();

  constructor(store: Pick<FileStore, "open">, cacheBytes: number) {
    this.#store = store;
    this.#cache = new ByteCache(cacheBytes);
  }

  /** The whole body of a file of at most `heldBytesMax`; undefined when the file was replaced meanwhile. */
  async body(file: StoredFile, encoding: BodyEncoding): Promise<Buffer | undefined> {
    const key = `${encoding} ${file.blob}`;
    const held = this.#cache.get(key);
    if (held) return held;
    const begun = this.#making.get(key);
    if (begun) return begun;
    const making = this.#make(file, encoding);
    this.#making.set(key, making);
    try {
      const body = await making;
      if (body) this.#cache.set(key, body, body.length);
      return body;
    } finally {
      this.#making.delete(key);
    }
  }

  async #make(file: StoredFile, encoding: BodyEncoding): Promise<Buffer | undefined> {
    if (encoding === "identity") return readWhole(this.#store, file);
    const plain = await this.body(file, "identity");
    if (!plain) return undefined;
    if (encoding === "gzip") return zip(plain);
    // Half the best quality costs a twentieth of its time and loses a few percent.
    return brotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  }
}

/** All bytes of a file that is small enough to be held; undefined when it was replaced or deleted meanwhile. */
export async function readWhole(
  store: Pick<FileStore, "open">,
  file: StoredFile,
): Promise<Buffer | undefined> {
  await using content = await store.open(file);
  if (!content) return undefined;
  // A buffer of its own: one cut from the common pool would keep the pool alive as long as the cache keeps it.
  const bytes = Buffer.allocUnsafeSlow(file.size);
  for (let at = 0; at < bytes.length; ) {
    const read = await content.readInto(bytes.subarray(at), at);
    if (read === 0) throw new Error(`The blob ${file.blob} is shorter than its file.`);
    at += read;
  }
  return bytes;
}
