import type { HttpMeter } from "../meters/http-meter.ts";
import type { Log } from "../stdx/log.ts";
import { configOf } from "./route-config.ts";
import type { HttpApp } from "./zod-provider.ts";

/** What no route answered. */
const noRoute = "(none)";

/**
 * Counts every answer, and notes it in the log at its most talkative. A path is shown as the route's pattern: what users
 * put into it may be theirs alone.
 */
export function observeAnswers(
  app: HttpApp,
  { log, httpMeter }: { readonly log: Log; readonly httpMeter: HttpMeter },
): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { id, method } = request;
    const facts = {
      request: id,
      method,
      route: configOf(request).url ?? noRoute,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 1000) / 1000,
    };
    httpMeter.answered(facts);
    log.debug(facts, "answered");
    done();
  });
}
