import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import fastify from "fastify";
import { openSocket } from "../../tests/support/raw-http.ts";
import { ManualClock } from "../stdx/clock.ts";
import { boundBodyTime } from "./body-deadline.ts";
import { takeJson } from "./json-body.ts";
import type { HttpApp } from "./zod-provider.ts";

async function serve(t: TestContext, clock: ManualClock): Promise<{ app: HttpApp; url: URL }> {
  const app: HttpApp = fastify();
  boundBodyTime(app, clock);
  takeJson(app);
  app.post("/held", async () => ({ ok: true }));
  app.post("/streamed", { config: { takesLong: true } }, async () => ({ ok: true }));
  await app.listen({ port: 0, host: "127.0.0.1" });
  t.after(() => app.close());
  return { app, url: new URL(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`) };
}

/** Begins a request, moves the clock once it has been taken in, sends the rest, and reads all that comes back. */
async function trickle(t: TestContext, path: string, waitMs: number): Promise<string> {
  const clock = new ManualClock();
  const { app, url } = await serve(t, clock);
  const socket = await openSocket(url);
  const begun = once(app.server, "request");
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    received += chunk;
  });
  socket.on("error", () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{`);
  await begun;
  clock.advance(waitMs);
  const closed = once(socket, "close");
  socket.write("}");
  await closed;
  return received;
}

test("a body that is late is answered 408 and the connection closed", async (t) => {
  const answer = await trickle(t, "/held", 120_000);
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /"code":"request_timeout"/);
});

test("a body that is just in time is taken", async (t) => {
  assert.match(await trickle(t, "/held", 119_999), /^HTTP\/1\.1 200 /);
});

test("a route that holds no body waits longer", async (t) => {
  assert.match(await trickle(t, "/streamed", 10_000_000), /^HTTP\/1\.1 200 /);
});
