import type { Exposition } from "../../meters/http-meter.ts";
import type { HttpApp } from "../zod-provider.ts";

/** Figures for Prometheus. */
export function metricsRoutes(app: HttpApp, { exposition }: { readonly exposition: Exposition }): void {
  app.get("/metrics", async (_request, reply) =>
    reply
      .type(exposition.contentType)
      .header("cache-control", "no-store")
      .send(await exposition.text()),
  );
}
