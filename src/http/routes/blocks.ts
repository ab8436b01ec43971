import { z } from "zod";
import { isCid } from "../../blocks/cid.ts";
import type { BlockStore } from "../../blocks/store.ts";
import { refuse } from "../../protocol/errors.ts";
import { limits } from "../../protocol/limits.ts";
import { inspectWasm } from "../../protocol/wasm-module.ts";
import type { Cid } from "../../stdx/ids.ts";
import { access } from "../access/route-access.ts";
import { matchesEtag } from "../etags.ts";
import type { HttpApp } from "../zod-provider.ts";

const wasmType = "application/wasm";
const bytesSchema = z.instanceof(Buffer, { error: "must be the bytes of a WebAssembly module" });
const blockParams = z.object({
  cid: z.custom<Cid>(
    (text) => typeof text === "string" && isCid(text),
    "must be a CIDv1 of raw bytes in base32",
  ),
});

/** WebAssembly modules go in; blocks come out, named by their content. */
export function blockRoutes(app: HttpApp, { blocks }: { readonly blocks: BlockStore }): void {
  void app.register(async (scope: HttpApp) => {
    takeBytes(scope);
    scope.post(
      "/api/wasm",
      { schema: { body: bytesSchema }, bodyLimit: limits.wasmBytesMax, config: { access: access.writeSome } },
      async (request, reply) => {
        const inspection = inspectWasm(request.body);
        if (!inspection.ok) throw refuse("invalid_wasm", inspection.problem);
        const cid = await blocks.put(request.body);
        return reply.code(201).header("location", `/ipfs/${cid}`).send({ cid, size: request.body.length });
      },
    );
  });

  // Who knows a block's name knows its content, and volunteers who are nobody fetch the modules of their jobs.
  app.get(
    "/ipfs/:cid",
    { schema: { params: blockParams }, config: { access: access.public } },
    async (request, reply) => {
      const { cid } = request.params;
      const etag = `"${cid}"`;
      const unchanged = matchesEtag(request.headers["if-none-match"], etag);
      const bytes = unchanged ? undefined : await blocks.get(cid);
      if (unchanged ? !(await blocks.has(cid)) : !bytes) {
        throw refuse("block_not_found", `No block with the CID ${cid} is held here.`);
      }
      // Content never changes under its name. It is written by strangers, so no browser may run it as a page of ours.
      reply
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("etag", etag)
        .header("content-security-policy", "default-src 'none'; sandbox");
      if (!bytes) return reply.code(304).send();
      const type = isWasm(bytes) ? wasmType : "application/octet-stream";
      return reply.type(type).send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    },
  );
}

function takeBytes(scope: HttpApp): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", { parseAs: "buffer" }, (request, body: Buffer, done) => {
    const type = request.headers["content-type"];
    if (type === wasmType || type === "application/octet-stream") {
      done(null, body);
      return;
    }
    const found = type === undefined ? "missing" : type.slice(0, 100);
    done(
      refuse(
        "unsupported_media_type",
        `The Content-Type is ${found}; send the module's bytes with the header "Content-Type: ${wasmType}".`,
      ),
    );
  });
}

function isWasm(bytes: Uint8Array): boolean {
  return bytes[0] === 0x00 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}
