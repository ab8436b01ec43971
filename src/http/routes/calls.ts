import { z } from "zod";
import type { Deployments } from "../../functions/deployments.ts";
import type { CallStats } from "../../meters/call-stats.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { access } from "../access/route-access.ts";
import { restOfPath } from "../rest-of-path.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface CallRoutesParts {
  readonly deployments: Pick<Deployments, "expect">;
  readonly stats: Pick<CallStats, "read">;
}

const params = z.object({ namespace: namespaceSchema });
const noQuery = z.strictObject({});

/** How calls of functions went, over time. */
export function callRoutes(app: HttpApp, { deployments, stats }: CallRoutesParts): void {
  app.get(
    "/api/calls/:namespace/*",
    { schema: { params, querystring: noQuery }, config: { access: access.read() } },
    (request, reply) => {
      const { namespace } = request.params;
      const path = restOfPath(request.raw.url ?? "", 3) ?? "";
      deployments.expect(namespace, path);
      return reply.header("cache-control", "no-store").send(stats.read(namespace, path));
    },
  );
}
