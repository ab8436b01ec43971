import type { FastifyReply, FastifyRequest } from "fastify";
import { type BodyEncoding, heldBytesMax, mayCompress } from "../namespaces/file-bodies.ts";
import type { FileService } from "../namespaces/file-service.ts";
import type { StoredFile } from "../namespaces/file-store.ts";
import { refuse } from "../protocol/errors.ts";
import type { Log } from "../stdx/log.ts";
import { encodingOf } from "./encodings.ts";
import { matchesEtag } from "./etags.ts";
import { type ByteRange, rangeOf } from "./ranges.ts";
import { sendContent } from "./send-content.ts";

export interface FileParts {
  readonly files: FileService;
  readonly log: Log;
}

/** A reply is itself a promise of its end, so functions that wait must not return it. */
export type Sent = "sent";

/** Answers requests with the content of files: conditional requests, one range, and compression where it helps. */
export class FileReplies {
  readonly #files: FileService;
  readonly #log: Log;

  constructor({ files, log }: FileParts) {
    this.#files = files;
    this.#log = log;
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
    if (compressible) {
      const others = reply.getHeader("vary");
      reply.header("vary", others === undefined ? "accept-encoding" : `${others}, accept-encoding`);
    }
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
    return this.#sendContent(request, reply, file, encoding, range === "whole" ? undefined : range);
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
    reply.header("content-type", contentType(file.type));
    if (file.size > heldBytesMax) return this.#stream(request, reply, file, range);
    const whole = await this.#files.body(file, encoding);
    if (!whole) return undefined;
    if (encoding !== "identity") reply.header("content-encoding", encoding);
    const body = range ? whole.subarray(range.start, range.end + 1) : whole;
    describeRange(reply, file, range).header("content-length", body.length);
    // The framework would send a body even where HTTP has none.
    void reply.send(request.method === "HEAD" ? undefined : body);
    return "sent";
  }

  /** Resolves when the headers are on their way; the content follows beside everything else. */
  async #stream(
    request: FastifyRequest,
    reply: FastifyReply,
    file: StoredFile,
    range: ByteRange | undefined,
  ): Promise<Sent | undefined> {
    const { start, end } = range ?? { start: 0, end: file.size - 1 };
    const content = await this.#files.open(file);
    if (!content) return undefined;
    describeRange(reply, file, range).header("content-length", end - start + 1);
    reply.hijack();
    const response = reply.raw;
    const body = async () => {
      await using opened = content;
      response.statusCode = reply.statusCode;
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) response.setHeader(name, value);
      }
      if (request.method === "HEAD") response.end();
      else await sendContent(response, opened, { start, end });
    };
    void body().catch((error: unknown) => {
      this.#log.error({ err: error, path: file.path }, "a file could not be sent to its end");
      response.destroy();
    });
    return "sent";
  }
}

function describeRange(reply: FastifyReply, file: StoredFile, range: ByteRange | undefined): FastifyReply {
  if (!range) return reply;
  return reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${file.size}`);
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
