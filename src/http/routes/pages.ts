import type { FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../../protocol/errors.ts";
import { access } from "../access/route-access.ts";
import { encodingOf } from "../encodings.ts";
import { matchesEtag } from "../etags.ts";
import { rawPath } from "../rest-of-path.ts";
import { frameHeaders } from "../site/frame-headers.ts";
import { openSite, type Site } from "../site/site.ts";
import { assetHeaders, type HeaderList, pageHeaders, volunteerHeaders } from "../site/site-headers.ts";
import type { HttpApp } from "../zod-provider.ts";

const icon = /^assets\/icon-[\w-]+\.svg$/;

/** The pages for people. The site is read, and in a checkout built, when somebody first asks for a page. */
export function pageRoutes(app: HttpApp): void {
  const site = lazySite();
  const options = { config: { access: access.public } };

  app.get("/", options, (_request, reply) => reply.redirect("/dashboard/", 302));

  for (const page of ["dashboard", "docs", "volunteer"]) {
    app.get(`/${page}`, options, (_request, reply) => reply.redirect(`/${page}/`, 302));
  }

  // Every path below them is the page's own to read, so that a view and an operation have addresses.
  for (const page of ["dashboard", "docs"]) {
    app.get(`/${page}/*`, options, async (request, reply) =>
      sendFile(await site(), `${page}/index.html`, request, reply, pageHeaders),
    );
  }

  // The sealed document in which a tab's cells live.
  app.get("/volunteer/frame", options, async (request, reply) => {
    const files = await site();
    const html = files.get("volunteer/frame.html")?.bodies.identity.toString() ?? "";
    return sendFile(files, "volunteer/frame.html", request, reply, frameHeaders(html));
  });

  app.get("/volunteer/*", options, async (request, reply) => {
    const path = rawPath(request.raw.url ?? "").slice(1);
    const name = path.endsWith("/") ? `${path}index.html` : path;
    return sendFile(await site(), name, request, reply, volunteerHeaders(name));
  });

  app.get("/assets/*", options, async (request, reply) =>
    sendFile(await site(), rawPath(request.raw.url ?? "").slice(1), request, reply, assetHeaders),
  );

  app.get("/favicon.ico", options, async (request, reply) => {
    const files = await site();
    const name = [...files.keys()].find((path) => icon.test(path)) ?? "";
    return sendFile(files, name, request, reply, {
      ...assetHeaders,
      "cache-control": "public, max-age=86400",
    });
  });

  app.get("/robots.txt", options, (_request, reply) =>
    reply.type("text/plain").send("User-agent: *\nDisallow: /\n"),
  );
}

/** Opens the site once; a failure is forgotten, so that the next request tries again. */
function lazySite(): () => Promise<Site> {
  let opened: Promise<Site> | undefined;
  return () => {
    opened ??= openSite().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
}

function sendFile(
  site: Site,
  name: string,
  request: FastifyRequest,
  reply: FastifyReply,
  headers: HeaderList,
): FastifyReply {
  const file = site.get(name);
  if (!file) throw refuse("not_found", "There is no such page.");
  const encoding = encodingOf(request.headers["accept-encoding"]);
  const body = file.bodies[encoding];
  const used = body ? encoding : "identity";
  const etag = `"${file.etag}${used === "identity" ? "" : `-${used}`}"`;
  void reply.headers(headers).header("etag", etag).header("vary", "accept-encoding");
  if (matchesEtag(request.headers["if-none-match"], etag)) return reply.code(304).send();
  if (used !== "identity") void reply.header("content-encoding", used);
  return reply.type(file.type).send(body ?? file.bodies.identity);
}
