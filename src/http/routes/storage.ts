import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ContentHost } from "../../access/content-host.ts";
import { type FilePath, parseFilePath } from "../../namespaces/file-path.ts";
import type { StoredFile } from "../../namespaces/file-store.ts";
import { refuse } from "../../protocol/errors.ts";
import { type FileView, fileListQuerySchema } from "../../protocol/files.ts";
import { describeIssues } from "../../protocol/issues.ts";
import { limits } from "../../protocol/limits.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { access } from "../access/route-access.ts";
import { type FileParts, FileReplies } from "../file-reply.ts";
import { restOfPath } from "../rest-of-path.ts";
import type { HttpApp } from "../zod-provider.ts";

const params = z.object({ namespace: namespaceSchema });
/** A client that sends nothing for so long is taken for gone; otherwise an upload may take its time. */
const stallMs = 60_000;
const queryWords = { whole: "the query", part: "parameter" };

/** Each namespace's files, to be stored and fetched by programs. */
export function storageRoutes(
  root: HttpApp,
  { files, log, content }: FileParts & { readonly content: ContentHost },
): void {
  const replies = new FileReplies({ files, log });
  const siteOf = ({ protocol }: FastifyRequest) =>
    content.host === undefined ? "" : `${protocol}://${content.host}`;
  void root.register(async (app: HttpApp) => {
    takeStreams(app);

    const list = async (namespace: string, query: unknown, reply: FastifyReply) => {
      const read = fileListQuerySchema.safeParse(query);
      if (!read.success) throw refuse("invalid_request", describeIssues(read.error, queryWords));
      const { delimiter, ...range } = read.data;
      const byFolder = delimiter !== undefined;
      const { files: found, folders, cursor } = await files.list(namespace, { ...range, byFolder });
      const listed = { files: found.map(viewOf), count: found.length, cursor };
      return reply.send(byFolder ? { ...listed, folders } : listed);
    };

    app.get(
      "/api/storage/:namespace",
      { schema: { params }, config: { access: access.read() } },
      ({ params, query }, reply) => list(params.namespace, query, reply),
    );

    app.route({
      method: ["GET", "HEAD"],
      url: "/api/storage/:namespace/*",
      schema: { params },
      config: { access: access.read() },
      handler: async (request, reply) => {
        const { namespace } = request.params;
        const text = restOfPath(request.raw.url ?? "", 3) ?? "";
        if (text === "") return list(namespace, request.query, reply);
        const path = parseFilePath(text);
        // Written by strangers, so no browser may run it as a page of ours.
        reply.header("content-security-policy", "default-src 'none'; sandbox");
        const sent = await files.use(namespace, path, (file) => replies.send(request, reply, file));
        if (!sent) throw notFound(path);
        return reply;
      },
    });

    app.put(
      "/api/storage/:namespace/*",
      {
        schema: { params },
        bodyLimit: limits.fileBytesMax,
        config: { access: access.write(), takesLong: true },
      },
      async (request, reply) => {
        const { namespace } = request.params;
        const path = pathOf(request);
        checkLength(request);
        const { file } = await files.put(namespace, path, contentOf(request)).catch((error: unknown) => {
          // What is still to come is not worth waiting for.
          if (!request.raw.complete) reply.header("connection", "close");
          throw error;
        });
        return reply
          .code(201)
          .header("etag", `"${file.etag}"`)
          .send({
            namespace,
            ...viewOf(file),
            url: `${siteOf(request)}/static/${namespace}/${encodePath(path)}`,
          });
      },
    );

    app.delete(
      "/api/storage/:namespace/*",
      { schema: { params }, config: { access: access.write() } },
      async (request, reply) => {
        const path = pathOf(request);
        if (!(await files.delete(request.params.namespace, path))) throw notFound(path);
        return reply.code(204).send();
      },
    );
  });
}

/** Bodies are files, whatever type they are said to have, and are read by the handler as they come. */
function takeStreams(app: HttpApp): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
}

/** The store counts as well; this spares a client that says how much it has the sending of it. */
function checkLength({ headers }: FastifyRequest): void {
  if (Number(headers["content-length"] ?? 0) <= limits.fileBytesMax) return;
  throw refuse("payload_too_large", `The file is larger than ${limits.fileBytesMax} bytes.`, {
    details: { limit: limits.fileBytesMax },
  });
}

/** Breaking off leaves the connection standing, so that the refusal can still be read. */
function contentOf({ raw }: FastifyRequest): AsyncIterable<Uint8Array> {
  raw.setTimeout(stallMs, () => raw.destroy());
  return raw.iterator({ destroyOnReturn: false });
}

function pathOf({ raw }: FastifyRequest): FilePath {
  return parseFilePath(restOfPath(raw.url ?? "", 3) ?? "");
}

function viewOf({ path, size, type, etag, modified }: StoredFile): FileView {
  return { path, size, type, etag, modified: new Date(modified).toISOString() };
}

function encodePath(path: FilePath): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function notFound(path: FilePath): Error {
  return refuse("file_not_found", `There is no file at ${JSON.stringify(path)}.`);
}
