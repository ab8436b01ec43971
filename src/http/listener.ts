import { once } from "node:events";
import type { Clock, Timer } from "../stdx/clock.ts";
import type { HttpApp } from "./zod-provider.ts";

/** What is still being answered when we stop gets this long. */
const lingerMs = 2000;
const idleSweepMs = 20;

/** An address that cannot be listened on. Its message is a sentence. */
export class ListenError extends Error {}

/** A built app that serves at an address. */
export class HttpListener implements AsyncDisposable {
  readonly url: URL;
  readonly #app: HttpApp;
  readonly #clock: Clock;
  #refused: Promise<unknown> | undefined;

  private constructor(app: HttpApp, clock: Clock, url: URL) {
    this.#app = app;
    this.#clock = clock;
    this.url = url;
  }

  /** Rejects with a ListenError when the address cannot be had. */
  static async open(app: HttpApp, clock: Clock, host: string, port: number): Promise<HttpListener> {
    await app.ready();
    const { server } = app;
    server.listen({ host, port });
    try {
      await once(server, "listening");
    } catch (error) {
      await app.close();
      throw new ListenError(whyNot(error, host, port), { cause: error });
    }
    const address = server.address();
    const taken = typeof address === "object" && address ? address.port : port;
    return new HttpListener(
      app,
      clock,
      new URL(`http://${host.includes(":") ? `[${host}]` : host}:${taken}/`),
    );
  }

  /** Takes no more connections; those that stand go on. */
  refuseMore(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#refused ??= promise;
    this.#app.server.close(() => resolve());
  }

  /** Lets what is being answered finish, within bounds. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.refuseMore();
    const sweep = this.#closeIdle();
    const late = this.#clock.after(lingerMs, () => this.#app.server.closeAllConnections());
    await this.#refused;
    late.cancel();
    sweep.cancel();
    await this.#app.close();
  }

  /** A connection that was busy when we began to stop is kept alive by its client after the answer. */
  #closeIdle(): Timer {
    this.#app.server.closeIdleConnections();
    let next = this.#clock.after(idleSweepMs, () => {
      next = this.#closeIdle();
    });
    return { cancel: () => next.cancel() };
  }
}

function whyNot(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return `Port ${port} of ${host} is in use already; choose another with --port.`;
  if (code === "EACCES") return `This user may not listen on port ${port}; choose another with --port.`;
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return `This machine has no address ${host}.`;
  return `Nothing can listen on port ${port} of ${host} (${code ?? error}).`;
}
