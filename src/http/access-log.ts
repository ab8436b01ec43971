import type { Log } from "../stdx/log.ts";
import type { HttpApp } from "./zod-provider.ts";

/**
 * Notes every answer in the log, at its most talkative. A path is shown as the route's pattern: what users put into it may
 * be theirs alone.
 */
export function logAnswers(app: HttpApp, log: Log): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { id, method, routeOptions } = request;
    const facts = { request: id, method, route: routeOptions.url, status: reply.statusCode };
    log.debug({ ...facts, ms: Math.round(reply.elapsedTime) }, "answered");
    done();
  });
}
