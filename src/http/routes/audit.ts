import type { AuditTrail } from "../../access/audit.ts";
import type { AuditPlace, PlacedEntry } from "../../access/audit-store.ts";
import { type AuditEntryView, auditQuerySchema } from "../../protocol/access.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

/** Who changed what, when, and from where. */
export function auditRoutes(app: HttpApp, { audit }: { readonly audit: AuditTrail }): void {
  app.get(
    "/api/audit",
    { schema: { querystring: auditQuerySchema }, config: { access: access.admin } },
    async ({ query }, reply) => {
      const { token, namespace, limit, cursor: before } = query;
      const { entries, next } = await audit.page({ token, namespace, limit, before });
      return reply
        .header("cache-control", "no-store")
        .send({ entries: entries.map(viewOf), count: entries.length, cursor: next ? cursorOf(next) : null });
    },
  );
}

function viewOf({ entry, place }: PlacedEntry): AuditEntryView {
  return {
    id: cursorOf(place),
    at: new Date(entry.at).toISOString(),
    token_id: entry.tokenId,
    token_name: entry.tokenName,
    address: entry.address,
    method: entry.method,
    route: entry.route,
    path: entry.path,
    namespaces: [...entry.namespaces],
    made: entry.made,
    count: entry.count,
    status: entry.status,
    request_id: entry.requestId,
  };
}

function cursorOf({ segment, index }: AuditPlace): string {
  return `${segment}-${index}`;
}
