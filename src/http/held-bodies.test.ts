import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type TestContext, test } from "node:test";
import { ManualClock } from "../stdx/clock.ts";
import { AppError } from "../stdx/errors.ts";
import { HeldBodies } from "./held-bodies.ts";

/** Reads the bodies of what a client sends over a real connection. */
async function make(t: TestContext) {
  const bodies = new HeldBodies(
    { bodyBytesMax: 100, heldBytesMax: 250, heldBytesPerAddressMax: 150 },
    ({ headers }) => String(headers.from ?? "somebody"),
    new ManualClock(),
  );
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === "object" && address);
  /** Begins a request; resolves with both its ends. */
  const begin = async (headers: Record<string, string> = {}) => {
    const sent = request({ port: address.port, host: "127.0.0.1", method: "POST", headers, agent: false });
    sent.on("error", () => {});
    sent.flushHeaders();
    const [received]: IncomingMessage[] = await once(server, "request");
    assert.ok(received);
    return { sent, received };
  };
  const send = async (bytes: number, from = "somebody") => {
    const { sent, received } = await begin({ from });
    sent.end("x".repeat(bytes));
    return bodies.read(received);
  };
  return { bodies, begin, send };
}

const refusal = (code: string) => (error: unknown) => error instanceof AppError && error.code === code;

test("bodies are read whole, and counted until they are given back", async (t) => {
  const { bodies, send } = await make(t);
  const [one, two] = [await send(100), await send(50)];
  assert.deepEqual([one.bytes.length, two.bytes.length, bodies.bytes], [100, 50, 150]);
  await assert.rejects(send(1), refusal("server_busy"));
  two.giveBack();
  assert.equal((await send(50)).bytes.length, 50);
  one.giveBack();
  assert.equal(bodies.bytes, 50);
});

test("one address that holds all it may keeps nobody else out, and all together have a bound", async (t) => {
  const { bodies, send } = await make(t);
  await send(100);
  await send(50);
  await assert.rejects(send(1), refusal("server_busy"));
  assert.equal((await send(100, "another")).bytes.length, 100);
  await assert.rejects(send(1, "a third"), refusal("server_busy"));
  assert.equal(bodies.bytes, 250);
});

test("a body that is too large is refused by what it announces, or as soon as it is", async (t) => {
  const { bodies, begin } = await make(t);
  const announced = await begin({ "content-length": "101" });
  await assert.rejects(bodies.read(announced.received), refusal("payload_too_large"));
  const { sent, received } = await begin();
  sent.write("x".repeat(101));
  await assert.rejects(bodies.read(received), refusal("payload_too_large"));
  assert.equal(bodies.bytes, 0);
});

test("a body that breaks off is an error, and holds nothing", async (t) => {
  const { bodies, begin } = await make(t);
  const { sent, received } = await begin({ "content-length": "50" });
  const reading = bodies.read(received);
  sent.write("x".repeat(20));
  await once(received, "data");
  assert.equal(bodies.bytes, 20);
  sent.destroy();
  await assert.rejects(reading, refusal("invalid_request"));
  assert.equal(bodies.bytes, 0);
});
