import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { demand, sightOf } from "../../access/caller.ts";
import type { ContentHost } from "../../access/content-host.ts";
import type { Deployments } from "../../functions/deployments.ts";
import type { RevisionHead } from "../../functions/revision.ts";
import { deploymentView, revisionDetail, revisionView } from "../../functions/view.ts";
import type { CallStats } from "../../meters/call-stats.ts";
import {
  type DeploymentDetail,
  type DeploymentListItem,
  deployListQuerySchema,
  deploymentQuerySchema,
  deploySchema,
  rollbackSchema,
} from "../../protocol/functions.ts";
import { namespaceSchema } from "../../protocol/namespace-schema.ts";
import { access } from "../access/route-access.ts";
import { restOfPath } from "../rest-of-path.ts";
import type { HttpApp } from "../zod-provider.ts";

const params = z.object({ namespace: namespaceSchema });
const noQuery = z.strictObject({});

export interface DeployRoutesParts {
  readonly deployments: Deployments;
  readonly stats: Pick<CallStats, "summary">;
  readonly content: ContentHost;
}

/** Functions are deployed, shown, rolled back and removed. */
export function deployRoutes(app: HttpApp, { deployments, stats, content }: DeployRoutesParts): void {
  // Where the client that asks reaches the function.
  const urlOf = ({ protocol, host }: FastifyRequest, head: RevisionHead) =>
    `${protocol}://${content.host ?? (host || "localhost")}${pathnameOf(head)}`;
  const send = (request: FastifyRequest, reply: FastifyReply, head: RevisionHead) =>
    reply.send(deploymentView(head, urlOf(request, head)));
  const listed = (request: FastifyRequest, head: RevisionHead): DeploymentListItem => ({
    ...deploymentView(head, urlOf(request, head)),
    last_hour: stats.summary(head.namespace, head.path),
  });

  app.get(
    "/api/deploy",
    { schema: { querystring: deployListQuerySchema }, config: { access: access.readSome } },
    async (request) => {
      const { namespace, limit, offset } = request.query;
      if (namespace !== undefined) demand(request.caller, "read", namespace);
      const page = await deployments.list({ namespace, limit, offset }, sightOf(request.caller));
      return { deployments: page.deployments.map((head) => listed(request, head)), total: page.total };
    },
  );

  app.post(
    "/api/deploy/:namespace/*",
    { schema: { params, querystring: noQuery, body: deploySchema }, config: { access: access.write() } },
    async (request, reply) => {
      const head = await deployments.deploy(request.params.namespace, pathOf(request), request.body);
      return send(request, reply.code(201).header("location", `/api/deploy${pathnameOf(head)}`), head);
    },
  );

  app.get(
    "/api/deploy/:namespace/*",
    { schema: { params, querystring: deploymentQuerySchema }, config: { access: access.read() } },
    async (request) => {
      const { namespace } = request.params;
      const { revision } = request.query;
      if (revision !== undefined) {
        return revisionDetail(await deployments.revision(namespace, pathOf(request), revision));
      }
      const { current, revisions, code } = await deployments.get(namespace, pathOf(request));
      const detail: DeploymentDetail = {
        ...listed(request, current),
        code: code ?? null,
        wasm_cid: current.wasmCid ?? null,
        revisions: revisions.map(revisionView),
      };
      return detail;
    },
  );

  app.put(
    "/api/deploy/:namespace/*",
    { schema: { params, querystring: noQuery, body: rollbackSchema }, config: { access: access.write() } },
    async (request, reply) => {
      const { revision } = request.body;
      return send(
        request,
        reply,
        await deployments.select(request.params.namespace, pathOf(request), revision),
      );
    },
  );

  app.delete(
    "/api/deploy/:namespace/*",
    { schema: { params, querystring: noQuery }, config: { access: access.write() } },
    async (request, reply) => {
      await deployments.remove(request.params.namespace, pathOf(request));
      return reply.code(204).send();
    },
  );
}

/** `/api/deploy/{namespace}/{path}`: whatever follows the third segment. */
function pathOf({ raw }: FastifyRequest): string {
  return restOfPath(raw.url ?? "", 3) ?? "";
}

function pathnameOf({ namespace, path }: RevisionHead): string {
  return `/${namespace}/${path.split("/").map(encodeURIComponent).join("/")}`;
}
