import type { IncomingMessage } from "node:http";
import type { Clock, Timer } from "../stdx/clock.ts";
import { answerClientError } from "./problems.ts";
import { configOf } from "./route-config.ts";
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
  const deadlines = new BodyDeadlines(clock);
  app.addHook("onRequest", (request, _reply, done) => {
    const { raw, headers } = request;
    const hasBody = headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
    if (hasBody && !configOf(request).takesLong) deadlines.watch(raw);
    done();
  });
}

/** Hangs up on requests whose bodies have not arrived whole in time. */
export class BodyDeadlines {
  readonly #clock: Clock;
  /** When each is late (monotonic). All have as long, so the first one is the next: one timer is enough. */
  readonly #lateAt = new Map<IncomingMessage, number>();
  readonly #forget: (this: IncomingMessage) => void;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    const lateAt = this.#lateAt;
    this.#forget = function () {
      lateAt.delete(this);
    };
  }

  /** From a request's head on. */
  watch(request: IncomingMessage): void {
    this.#lateAt.set(request, this.#clock.monotonic() + bodyTimeoutMs);
    // Comes when the request was read to its end as well as when it broke off.
    request.on("close", this.#forget);
    this.#timer ??= this.#lookIn(bodyTimeoutMs);
  }

  #lookIn(ms: number): Timer {
    return this.#clock.after(ms, () => {
      this.#timer = undefined;
      this.#look(this.#clock.monotonic());
    });
  }

  #look(nowMs: number): void {
    for (const [request, lateAt] of this.#lateAt) {
      if (lateAt > nowMs) {
        this.#timer = this.#lookIn(lateAt - nowMs);
        return;
      }
      this.#lateAt.delete(request);
      const error = Object.assign(new Error("The body is late."), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
      if (!request.complete) answerClientError(error, request.socket);
    }
  }
}
