import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { ContentHost } from "../../access/content-host.ts";
import { type FilePath, parseFilePath } from "../../namespaces/file-path.ts";
import { refuse } from "../../protocol/errors.ts";
import { limits } from "../../protocol/limits.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { fitsUtf8 } from "../../stdx/utf8.ts";
import { access } from "../access/route-access.ts";
import { type FileParts, FileReplies } from "../file-reply.ts";
import { rawPath, restOfPath } from "../rest-of-path.ts";
import type { HttpApp } from "../zod-provider.ts";

const params = z.object({ namespace: namespaceSchema });
const indexName = "index.html";
const missingPage = parseFilePath("404.html");

/** Each namespace's files as a site on the web. */
export function staticRoutes(
  app: HttpApp,
  { files, log, content }: FileParts & { readonly content: ContentHost },
): void {
  const replies = new FileReplies({ files, log });

  const serve = async (request: FastifyRequest, namespace: string, reply: FastifyReply) => {
    // On a host of its own it may be as whole as any site.
    if (content.host === undefined) isolate(reply);
    else reply.header("access-control-allow-origin", "*");
    const wanted = restOfPath(request.raw.url ?? "", 2);
    const isFolder = wanted === undefined || wanted === "" || wanted.endsWith("/");
    const path = parseFilePath(isFolder ? `${wanted ?? ""}${indexName}` : wanted);
    if (wanted !== undefined) {
      const sent = await files.use(namespace, path, (file) => replies.send(request, reply, file));
      if (sent) return reply;
    }
    // Without its slash, a folder's page would have relative links that lead elsewhere.
    const index = isFolder ? path : indexOf(wanted);
    const lacksSlash = wanted === undefined || !isFolder;
    if (lacksSlash && index && (await files.find(namespace, index))) return redirectToFolder(request, reply);
    const page = await files.use(namespace, missingPage, (file) =>
      replies.sendPage(request, reply, file, 404),
    );
    if (page) return reply;
    throw refuse("file_not_found", "There is no such page.");
  };

  for (const url of ["/static/:namespace", "/static/:namespace/*"]) {
    app.route({
      method: ["GET", "HEAD"],
      url,
      schema: { params },
      config: { access: access.public, content: true },
      handler: (request, reply) => serve(request, request.params.namespace, reply),
    });
  }
}

/** Undefined when the path of the folder is as long as paths may be. */
function indexOf(folder: string): FilePath | undefined {
  const path = `${folder}/${indexName}`;
  return fitsUtf8(path, limits.filePathBytesMax) ? parseFilePath(path) : undefined;
}

/**
 * Pages are written by users and served beside the API: a sandbox gives each an origin of its own, from which it reaches
 * nothing here as its visitor. What it loads of its own site then counts as foreign, and modules and fonts load only
 * when that is allowed; the files are public, so it is.
 */
function isolate(reply: FastifyReply): void {
  reply
    .header("content-security-policy", "sandbox allow-scripts allow-forms allow-popups")
    .header("access-control-allow-origin", "*");
}

function redirectToFolder(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const url = request.raw.url ?? "";
  const query = url.indexOf("?");
  // As the client wrote it: it begins with "/static/", so it cannot name another host.
  const location = `${rawPath(url)}/${query === -1 ? "" : url.slice(query)}`;
  return reply.code(301).header("cache-control", "no-cache").header("location", location).send();
}
