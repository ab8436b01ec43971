import { once } from "node:events";
import type { Clock } from "../stdx/clock.ts";
import type { HttpApp } from "./zod-provider.ts";

/** What is still being answered when we stop gets this long. */
const lingerMs = 2000;

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

  /** Rejects with the error of `node:net` when the address cannot be had. */
  static async open(app: HttpApp, clock: Clock, host: string, port: number): Promise<HttpListener> {
    await app.ready();
    const { server } = app;
    server.listen({ host, port });
    await once(server, "listening");
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
    this.#app.server.closeIdleConnections();
    const late = this.#clock.after(lingerMs, () => this.#app.server.closeAllConnections());
    await this.#refused;
    late.cancel();
    await this.#app.close();
  }
}
