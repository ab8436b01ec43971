import { demand } from "../../access/caller.ts";
import type { Quotas } from "../../access/quotas.ts";
import { rateWindowSeconds } from "../../access/rate-limit.ts";
import type { RequestRates } from "../../access/request-rates.ts";
import type { Deployments } from "../../functions/deployments.ts";
import type { JobService } from "../../jobs/service.ts";
import type { FileService } from "../../namespaces/file-service.ts";
import type { KvService } from "../../namespaces/kv-service.ts";
import { type LimitsView, limitsQuerySchema } from "../../protocol/access.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface LimitRoutesParts {
  readonly rates: RequestRates;
  readonly quotas: Quotas;
  readonly jobs: Pick<JobService, "unendedOf">;
  readonly kv: Pick<KvService, "usage">;
  readonly files: Pick<FileService, "usage">;
  readonly functions: { readonly deployments: Pick<Deployments, "countOf"> };
}

/** How much anybody may do and have, and how much of it a namespace has. */
export function limitRoutes(app: HttpApp, parts: LimitRoutesParts): void {
  const { rates, quotas } = parts;

  const usageOf = async (namespace: string) => ({
    jobs: parts.jobs.unendedOf(namespace),
    functions: parts.functions.deployments.countOf(namespace),
    database_bytes: await parts.kv.usage(namespace),
    file_bytes: (await parts.files.usage(namespace)).bytes,
  });

  app.get(
    "/api/limits",
    { schema: { querystring: limitsQuerySchema }, config: { access: access.token } },
    async ({ query: { namespace }, caller }, reply) => {
      if (namespace !== undefined) demand(caller, "read", namespace);
      const view: LimitsView = {
        requests_per_second: { ...rates.rates },
        burst_seconds: rateWindowSeconds,
        per_namespace: {
          jobs: quotas.jobs ?? null,
          functions: quotas.functions ?? null,
          database_bytes: quotas.databaseBytes ?? null,
          file_bytes: quotas.fileBytes ?? null,
        },
        usage: namespace === undefined ? null : { namespace, ...(await usageOf(namespace)) },
      };
      return reply.header("cache-control", "no-store").send(view);
    },
  );
}
