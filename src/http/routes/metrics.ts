import type { Exposition } from "../../meters/http-meter.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

/** Figures for Prometheus. */
export function metricsRoutes(app: HttpApp, { exposition }: { readonly exposition: Exposition }): void {
  // They tell of every namespace; Prometheus can show a token.
  app.get("/metrics", { config: { access: access.admin } }, async (_request, reply) =>
    reply
      .type(exposition.contentType)
      .header("cache-control", "no-store")
      .send(await exposition.text()),
  );
}
