import type { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type BodyEncoding, heldBytesMax, mayCompress } from "../namespaces/file-bodies.ts";
import type { FileService } from "../namespaces/file-service.ts";
import type { ByteRange, StoredFile } from "../namespaces/file-store.ts";
import { refuse } from "../protocol/errors.ts";
import { encodingOf } from "./encodings.ts";
import { matchesEtag } from "./etags.ts";
import { rangeOf } from "./ranges.ts";

/** A reply is itself a promise of its end, so functions that wait must not return it. */
export type Sent = "sent";

/** Answers requests with the content of files: conditional requests, one range, and compression where it helps. */
export class FileReplies {
  readonly #files: FileService;

  constructor(files: FileService) {
    this.#files = files;
  }

  /** Resolves undefined, with nothing sent, when the file was replaced meanwhile. */
  async send(request: FastifyRequest, reply: FastifyReply, file: StoredFile): Promise<Sent | undefined> {
    const compressible = mayCompress(file);
    // A range is counted in the file's own bytes.
    const plain = !compressible || request.headers.range !== undefined;
    const encoding = plain ? "identity" : encodingOf(request.headers["accept-encoding"]);
    const etag = encoding === "identity" ? `"${file.etag}"` : `"${file.etag}-${encoding}"`;
    reply
      .header("etag", etag)
      .header("last-modified", new Date(file.modified).toUTCString())
      .header("accept-ranges", "bytes")
      // Kept by whoever likes, but asked about each time: a deployment shows at once.
      .header("cache-control", "no-cache");
    if (compressible) reply.header("vary", "accept-encoding");
    if (isUnchanged(request, etag, file.modified)) {
      void reply.code(304).send();
      return "sent";
    }

    const range = isRangeMeant(request, etag, file.modified)
      ? rangeOf(request.headers.range, file.size)
      : "whole";
    if (range === "unsatisfiable") {
      reply.header("content-range", `bytes */${file.size}`);
      throw refuse("range_not_satisfiable", `The file has ${file.size} bytes; the range lies outside.`);
    }
    const sent = range === "whole" ? undefined : range;
    return this.#sendContent(request, reply, file, encoding, sent);
  }

  /** The whole file with a status that is not the request's wish but the page's, such as 404. */
  async sendPage(
    request: FastifyRequest,
    reply: FastifyReply,
    file: StoredFile,
    status: number,
  ): Promise<Sent | undefined> {
    reply.code(status).header("cache-control", "no-cache");
    return this.#sendContent(request, reply, file, "identity", undefined);
  }

  async #sendContent(
    request: FastifyRequest,
    reply: FastifyReply,
    file: StoredFile,
    encoding: BodyEncoding,
    range: ByteRange | undefined,
  ): Promise<Sent | undefined> {
    const { start, end } = range ?? { start: 0, end: file.size - 1 };
    let length = end - start + 1;
    let body: Readable | Buffer | undefined;
    if (file.size <= heldBytesMax) {
      const whole = await this.#files.body(file, encoding);
      if (!whole) return undefined;
      body = range ? whole.subarray(start, end + 1) : whole;
      length = body.length;
    } else if (request.method !== "HEAD") {
      body = await this.#files.read(file, range);
      if (!body) return undefined;
    }
    if (range) reply.code(206).header("content-range", `bytes ${start}-${end}/${file.size}`);
    if (encoding !== "identity") reply.header("content-encoding", encoding);
    reply.header("content-type", contentType(file.type)).header("content-length", length);
    // The framework would send what it is given even where HTTP has no body.
    void reply.send(request.method === "HEAD" ? undefined : body);
    return "sent";
  }
}

/** What is text is taken to be UTF-8, as everything here is. */
function contentType(type: string): string {
  return type.startsWith("text/") || type === "application/json" ? `${type}; charset=utf-8` : type;
}

/** Conditions of RFC 9110, section 13.2.2: tags count more than dates, which know only seconds. */
function isUnchanged({ headers }: FastifyRequest, etag: string, modified: number): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined) return matchesEtag(tags, etag);
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return seconds(modified) <= seconds(since);
}

/** If-Range: a part is wanted only of the very content that the client has the rest of. */
function isRangeMeant({ headers, method }: FastifyRequest, etag: string, modified: number): boolean {
  if (method !== "GET" || headers.range === undefined) return false;
  const condition = headers["if-range"];
  const known = Array.isArray(condition) ? condition[0] : condition;
  return known === undefined || known === etag || seconds(Date.parse(known)) === seconds(modified);
}

const seconds = (ms: number) => Math.floor(ms / 1000);
