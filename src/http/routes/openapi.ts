import { access, type DeclaredRoute } from "../access/route-access.ts";
import { openApiDocument } from "../openapi/document.ts";
import { operations } from "../openapi/operations.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface OpenApiParts {
  /** Every route, once all are registered. */
  readonly routes: readonly DeclaredRoute[];
  readonly node: { readonly version: string };
}

/** The API's description, for programs. */
export function openApiRoutes(app: HttpApp, { routes, node: { version } }: OpenApiParts): void {
  let text: string | undefined;

  app.get("/openapi.json", { config: { access: access.public } }, (_request, reply) => {
    text ??= JSON.stringify(openApiDocument({ version, routes, operations }));
    // It says nothing that is not public, and tools in browsers read it from anywhere.
    return reply
      .type("application/json; charset=utf-8")
      .header("access-control-allow-origin", "*")
      .header("cache-control", "no-cache")
      .send(text);
  });
}
