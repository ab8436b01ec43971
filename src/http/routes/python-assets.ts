import { createReadStream } from "node:fs";
import { refuse } from "../../protocol/errors.ts";
import { access } from "../access/route-access.ts";
import { encodingOf } from "../encodings.ts";
import type { PythonAssets } from "../python-assets.ts";
import { assetHeaders } from "../site/site-headers.ts";
import type { HttpApp } from "../zod-provider.ts";

/** What a tab loads before it can run Python. */
export function pythonAssetRoutes(
  app: HttpApp,
  { pythonAssets }: { readonly pythonAssets: PythonAssets },
): void {
  const options = { config: { access: access.public } };

  app.get("/assets/python/index.json", options, async (_request, reply) => {
    const files = (await pythonAssets.list()).map(({ role, name, bodies }) => ({
      role,
      url: `/assets/python/${name}`,
      bytes: bodies.identity.bytes,
      compressed_bytes: bodies.br?.bytes ?? null,
    }));
    return reply.headers({ ...assetHeaders, "cache-control": "no-cache" }).send({ files });
  });

  app.get<{ Params: { name: string } }>("/assets/python/:name", options, async (request, reply) => {
    const asset = (await pythonAssets.list()).find(({ name }) => name === request.params.name);
    if (!asset)
      throw refuse("not_found", "There is no such file; the page that asked for it is an older one.");
    const encoding = encodingOf(request.headers["accept-encoding"]);
    const body = asset.bodies[encoding] ?? asset.bodies.identity;
    void reply.headers(assetHeaders).header("vary", "accept-encoding").header("content-length", body.bytes);
    if (body !== asset.bodies.identity) void reply.header("content-encoding", encoding);
    return reply.type(asset.type).send(request.method === "HEAD" ? "" : createReadStream(body.path));
  });
}
