import type { FileList, FileStored, FileView, FolderList } from "../protocol/files.ts";
import { hasCode } from "./error.ts";
import { type CallOptions, encodePath, readJson, type Transport } from "./transport.ts";
import { type FileContent, type UploadOptions, upload } from "./upload.ts";

export interface FileQuery {
  readonly prefix?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface FileGetOptions extends CallOptions {
  /** Only so many of its bytes, from the first on; more than it has is all of it. */
  readonly firstBytes?: number | undefined;
}

/** One namespace's files. */
export class Files {
  readonly #transport: Transport;
  readonly #namespace: string;
  readonly #path: string;

  constructor(transport: Transport, namespace: string) {
    this.#transport = transport;
    this.#namespace = namespace;
    this.#path = `/api/storage/${encodeURIComponent(namespace)}`;
  }

  /** Stores a file, in place of one that was there. A stream is sent once and never repeated. */
  async put(path: string, content: FileContent, options: UploadOptions = {}): Promise<FileStored> {
    const response = await upload(this.#transport, this.#pathOf(path), content, options);
    return readJson<FileStored>(response, options.signal);
  }

  /** The file's bytes as a response; undefined when there is none. */
  async get(path: string, options: FileGetOptions = {}): Promise<Response | undefined> {
    const { signal, firstBytes } = options;
    const headers = firstBytes === undefined ? {} : { range: `bytes=0-${firstBytes - 1}` };
    try {
      return await this.#transport.send("GET", this.#pathOf(path), { signal, headers });
    } catch (error) {
      if (hasCode(error, "file_not_found")) return undefined;
      throw error;
    }
  }

  /** @returns false when there was nothing to delete */
  async delete(path: string, options: CallOptions = {}): Promise<boolean> {
    try {
      await this.#transport.send("DELETE", this.#pathOf(path), options);
      return true;
    } catch (error) {
      if (hasCode(error, "file_not_found")) return false;
      throw error;
    }
  }

  /** A page of files in order of their paths; `cursor` is null at the end. */
  list({ prefix, limit, cursor }: FileQuery = {}, options: CallOptions = {}): Promise<FileList> {
    const query = { prefix, limit, cursor };
    return this.#transport.json("GET", `${this.#path}/`, { ...options, query });
  }

  /** A page of what lies directly in a folder. @param query its prefix is the folder's, with a slash at its end */
  folder({ prefix, limit, cursor }: FileQuery = {}, options: CallOptions = {}): Promise<FolderList> {
    const query = { prefix, limit, cursor, delimiter: "/" };
    return this.#transport.json("GET", `${this.#path}/`, { ...options, query });
  }

  /** Every file below the prefix, in order, page by page. */
  async *all(prefix = "", options: CallOptions = {}): AsyncGenerator<FileView, void, undefined> {
    let cursor: string | undefined;
    do {
      const page = await this.list({ prefix, cursor, limit: 1000 }, options);
      yield* page.files;
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** Where everybody can fetch the file. */
  urlOf(path: string): URL {
    return this.#transport.urlOf(`/static/${encodeURIComponent(this.#namespace)}/${encodePath(path)}`);
  }

  #pathOf(path: string): string {
    return `${this.#path}/${encodePath(path)}`;
  }
}
