/** A job's end told to a real receiver, and addresses that a webhook must not reach. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { webhookPost } from "../../src/http/webhook-post.ts";
import { atEnd } from "../support/at-end.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback, and a promise of the first call. */
async function receiver(t: TestContext, status = 204): Promise<{ url: string; first: Promise<Received> }> {
  const first = Promise.withResolvers<Received>();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    response.writeHead(status, { location: "http://127.0.0.1:1/" }).end("x".repeat(1000));
    first.resolve({ headers: request.headers, body });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, first: first.promise };
}

describe("webhooks", () => {
  test("reach a receiver, signed with the secret that the API tells", async (t) => {
    const { api } = await bootOrchestrator(t, { env: { WEBHOOKS_TO_PRIVATE: "on" } });
    const { url, first } = await receiver(t);
    const job = (
      await api.post("/api/jobs", {
        job_type: "js",
        code: "1",
        namespace: "alice",
        callback_url: url,
      })
    ).json() as { id: string };
    await api.send("DELETE", `/api/jobs/${job.id}`);
    const { headers, body } = await first;
    assert.equal(JSON.parse(body).data.id, job.id);
    const told = (await api.get("/api/webhooks/alice")).json() as { secret: string };
    const key = Buffer.from(told.secret.replace("whsec_", ""), "base64");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    assert.equal(
      headers["webhook-signature"],
      `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
    );
  });

  for (const url of [
    "http://127.0.0.1/",
    "http://localhost:8000/api/jobs",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
  ]) {
    test(`are refused for ${url} unless that is allowed`, async (t) => {
      const { api } = await bootOrchestrator(t);
      const answer = await api.post("/api/jobs", { job_type: "js", code: "1", callback_url: url });
      const { code, error } = answer.json() as { code: string; error: string };
      assert.deepEqual([answer.status, code], [400, "invalid_request"]);
      assert.match(error, /not on the public internet/);
    });
  }

  for (const callback_url of ["ftp://example.com/", "https://user:secret@example.com/", "nonsense", ""]) {
    test(`are refused for ${JSON.stringify(callback_url)}`, async (t) => {
      const { api } = await bootOrchestrator(t);
      const answer = await api.post("/api/jobs", { job_type: "js", code: "1", callback_url });
      const { code, error } = answer.json() as { code: string; error: string };
      assert.deepEqual([answer.status, code], [400, "invalid_request"]);
      assert.match(error, /callback_url must/);
    });
  }

  test("do not follow a name that leads to this machine", async () => {
    const post = webhookPost({ privateToo: false });
    const message = { body: "{}", headers: {} };
    // The hosts file gives this machine's own name a private address.
    const { hostname } = await import("node:os");
    await assert.rejects(
      post.send(`http://${hostname()}:1/`, message),
      /not on the public internet|ENOTFOUND/,
    );
  });

  test("do not follow redirects", async (t) => {
    const { url } = await receiver(t, 302);
    const post = webhookPost({ privateToo: true });
    assert.equal(await post.send(url, { body: "{}", headers: {} }), 302);
  });

  test("give up a receiver that does not answer in time", async (t) => {
    const silent = createServer(() => {});
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    atEnd(t, () => {
      silent.closeAllConnections();
      silent.close();
    });
    const post = webhookPost({ privateToo: true, timeoutMs: 50 });
    const { port } = silent.address() as AddressInfo;
    await assert.rejects(
      post.send(`http://127.0.0.1:${port}/`, { body: "{}", headers: {} }),
      /timeout|abort/i,
    );
  });
});
