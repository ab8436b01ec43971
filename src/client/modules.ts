import type { ModuleStored } from "../protocol/node.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** WebAssembly modules, which jobs and functions name by their CID. */
export class Modules {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stores a module; the same bytes have the same CID. */
  upload(
    bytes: Uint8Array<ArrayBuffer> | ArrayBuffer | Blob,
    options: CallOptions = {},
  ): Promise<ModuleStored> {
    const headers = { "content-type": "application/wasm" };
    return this.#transport.json("POST", "/api/wasm", { ...options, body: bytes, headers, repeatable: true });
  }

  async get(cid: string, options: CallOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const response = await this.#transport.send("GET", `/ipfs/${encodeURIComponent(cid)}`, options);
    return new Uint8Array(await response.arrayBuffer());
  }
}
