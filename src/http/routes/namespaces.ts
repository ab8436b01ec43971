import { sightOf } from "../../access/caller.ts";
import type { NamespaceDirectory } from "../../namespaces/directory.ts";
import { namespaceListQuerySchema } from "../../protocol/namespaces.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

/** Which namespaces there are. */
export function namespaceRoutes(
  app: HttpApp,
  { directory }: { readonly directory: NamespaceDirectory },
): void {
  app.get(
    "/api/namespaces",
    { schema: { querystring: namespaceListQuerySchema }, config: { access: access.readSome } },
    async ({ query: { prefix, limit, cursor }, caller }, reply) => {
      const page = await directory.list({ prefix, limit, cursor, sees: sightOf(caller) });
      return reply
        .header("cache-control", "no-store")
        .send({ namespaces: page.namespaces, count: page.namespaces.length, cursor: page.cursor });
    },
  );
}
