import type { Gate } from "../../access/gate.ts";
import type { TokenRecord } from "../../access/token.ts";
import { accessLimits, type MadeToken, type TokenView, tokenSchema } from "../../protocol/access.ts";
import { access } from "../access/route-access.ts";
import { idParams } from "../params.ts";
import type { HttpApp } from "../zod-provider.ts";

export interface TokenRoutesParts {
  readonly gate: Gate;
  /** Volunteers without a token are let in. */
  readonly anonymousVolunteers: boolean;
}

/** Tokens are made, listed and revoked, and tickets are given for them. */
export function tokenRoutes(app: HttpApp, { gate, anonymousVolunteers }: TokenRoutesParts): void {
  const { tokens, tickets } = gate;

  app.post(
    "/api/tokens",
    { schema: { body: tokenSchema }, config: { access: access.admin } },
    async (request, reply) => {
      const { name, scopes, expires_in } = request.body;
      const { token, text } = await tokens.create({ name, scopes, spanMs: expires_in ?? undefined });
      request.noteChange({ made: token.record.id }, 201);
      const made: MadeToken = { ...viewOf(token.record), token: text };
      return reply.code(201).header("cache-control", "no-store").send(made);
    },
  );

  app.get("/api/tokens", { config: { access: access.admin } }, async (_request, reply) => {
    const records = await tokens.list();
    return reply
      .header("cache-control", "no-store")
      .send({ tokens: records.map(viewOf), total: records.length });
  });

  app.delete(
    "/api/tokens/:id",
    { schema: { params: idParams }, config: { access: access.admin } },
    async ({ params }, reply) => {
      await tokens.revoke(params.id);
      return reply.code(204).send();
    },
  );

  app.post("/api/tickets", { config: { access: access.token, noChange: true } }, (request, reply) => {
    const ticket = tickets.issue(request.caller);
    return reply
      .code(201)
      .header("cache-control", "no-store")
      .send({ ticket, expires_in: accessLimits.ticketSeconds });
  });

  app.get("/api/access", { config: { access: access.public } }, ({ caller: { token } }, reply) =>
    reply.header("cache-control", "no-store").send({
      open: gate.open,
      anonymous_volunteers: gate.open || anonymousVolunteers,
      token: token ? viewOf(token.record) : null,
    }),
  );
}

function viewOf({ id, name, scopes, createdAt, expiresAt, lastUsedAt }: TokenRecord): TokenView {
  return {
    id,
    name,
    scopes: [...scopes],
    created_at: instant(createdAt),
    expires_at: expiresAt === undefined ? null : instant(expiresAt),
    last_used_at: lastUsedAt === undefined ? null : instant(lastUsedAt),
  };
}

const instant = (ms: number) => new Date(ms).toISOString();
