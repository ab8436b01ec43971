import type { IncomingMessage } from "node:http";
import type { Clock } from "../stdx/clock.ts";
import { answerClientError } from "./problems.ts";
import type { HttpApp } from "./zod-provider.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The body may take as long as it likes, since it is not held in memory; the route sees to it that it moves. */
    takesLong?: true;
  }
}

/** A trickled body must not hold memory for ever. */
const bodyTimeoutMs = 120_000;

/**
 * Bounds the time in which a body may arrive, for the routes that hold it in memory. Node's own limit knows no routes,
 * so an upload over a slow line would break.
 */
export function boundBodyTime(app: HttpApp, clock: Clock): void {
  app.addHook("onRequest", ({ raw, headers, routeOptions }, _reply, done) => {
    const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
    if (hasBody && !routeOptions.config.takesLong) setBodyDeadline(raw, clock);
    done();
  });
}

/** Hangs up on a request whose body has not arrived whole in time. */
export function setBodyDeadline(request: IncomingMessage, clock: Clock): void {
  const late = clock.after(bodyTimeoutMs, () => {
    const error = Object.assign(new Error("The body is late."), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
    if (!request.complete) answerClientError(error, request.socket);
  });
  // Comes when the request was read to its end as well as when it broke off.
  request.once("close", () => late.cancel());
}
