import { z } from "zod";
import type { Webhooks } from "../../jobs/webhooks.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

const params = z.object({ namespace: namespaceSchema });

/** How receivers know that a webhook is from here. */
export function webhookRoutes(
  app: HttpApp,
  { webhooks }: { readonly webhooks: Pick<Webhooks, "secretOf"> },
): void {
  // Who knows the secret can sign, so this is no mere reading.
  app.get(
    "/api/webhooks/:namespace",
    { schema: { params }, config: { access: access.write() } },
    (request, reply) => {
      const { namespace } = request.params;
      return reply
        .header("cache-control", "no-store")
        .send({ namespace, secret: webhooks.secretOf(namespace) });
    },
  );
}
