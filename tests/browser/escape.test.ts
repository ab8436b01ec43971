import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import {
  type BrowserAttempt,
  neighbourAttempts,
  networkAttempts,
  storageAttempts,
} from "../escape/browser-cases.ts";
import type { EscapeCase } from "../escape/cases.ts";
import { jsCases } from "../escape/js-cases.ts";
import { luaCases } from "../escape/lua-cases.ts";
import { pythonCases } from "../escape/python-cases.ts";
import { withoutBrowser } from "../support/browser.ts";
import { TabCells } from "../support/tab-cells.ts";

/*
 * The browser half of the escape suite: guests in their languages, and guests that have broken out of them and of all that
 * the kernel takes away, so that only the frame around them is left. A real listener waits for whoever gets out.
 */

/** Answers every request of everybody, and remembers it. */
class Listener {
  readonly seen: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Listener> {
    const server = createServer();
    const listener = new Listener(server);
    const all = { "access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin" };
    server.on("request", ({ url, method }, response) => {
      listener.seen.push(`${method} ${url}`);
      response.writeHead(200, { ...all, "content-type": "text/javascript" }).end("1");
    });
    server.on("upgrade", ({ url }, socket) => {
      listener.seen.push(`upgrade ${url}`);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** What natively is bounded by the host's watch over the process fills a browser's heap first; see cells.test.ts. */
const fillsTheHeap = /(?:heap|string|ArrayBuffer) bomb/;

describe("A tab holds out", { skip: withoutBrowser }, () => {
  let cells: TabCells;
  let listener: Listener;
  before(async () => {
    listener = await Listener.open();
    cells = await TabCells.start();
  });
  after(async () => {
    await cells[Symbol.asyncDispose]();
    listener.close();
  });

  const raw = async (codes: readonly string[]) =>
    cells.runRaw(codes.map((code) => code.replaceAll("URL_", listener.url).replaceAll("HOME_", cells.url)));

  const refuses = (attempts: readonly BrowserAttempt[]) => {
    for (const { name, code } of attempts) {
      test(name, async () => {
        const [result] = await raw([code]);
        assert.match(String(result), /^refused: /);
        assert.deepEqual(listener.seen, []);
      });
    }
  };

  describe("against a guest with the raw global scope that tries", () => {
    test("nothing forbidden, which works, while the listener hears who does reach it", async () => {
      await fetch(listener.url);
      assert.deepEqual(listener.seen.splice(0), ["GET /"]);
      assert.deepEqual(await raw(["typeof fetch + typeof WebSocket", "6 * 7"]), [
        "got functionfunction",
        "got 42",
      ]);
    });
    describe("to reach the network by", () => refuses(networkAttempts));
    describe("to store or find something in", () => refuses(storageAttempts));
    describe("to reach", () => refuses(neighbourAttempts));

    test("to speak with the guest of another cell by a broadcast", async () => {
      const results = await raw([
        "new Promise((resolve, reject) => { new BroadcastChannel('x').onmessage = ({ data }) => resolve(data); setTimeout(reject, 1500, 'nothing heard') })",
        "new Promise((resolve) => { const c = new BroadcastChannel('x'); const t = setInterval(() => c.postMessage('secret'), 50); setTimeout(() => { clearInterval(t); resolve('sent') }, 1000) })",
      ]);
      assert.equal(results[0], "refused: nothing heard");
    });

    test("to command the frame", async () => {
      const results = await raw([
        "postMessage({ t: 'kill', cell: 2 }); postMessage({ t: 'start', cell: 9, kind: 'core' }); 'sent'",
        "new Promise((resolve) => setTimeout(resolve, 500, 'alive'))",
      ]);
      assert.deepEqual(results, ["got sent", "got alive"]);
    });
  });

  test("against the frame's own document: no origin, no storage, no way to its parent, nothing loaded", async () => {
    await cells.run({ language: "js", code: "1" });
    const frame = cells.page.frames().find((each) => each !== cells.page.mainFrame());
    assert.ok(frame);
    const met = await frame.evaluate(async (url) => {
      const attempts: Record<string, () => unknown> = {
        origin: () => (origin === "null" ? Promise.reject(new Error("none")) : origin),
        storage: () => localStorage.length,
        cookies: () => document.cookie,
        parent: () => parent.document.title,
        navigation: () => {
          if (top) top.location.href = url;
        },
        fetch: () => fetch(url),
        image: () =>
          new Promise((resolve, reject) => {
            const image = new Image();
            image.onload = resolve;
            image.onerror = () => reject(new Error("refused"));
            image.src = url;
          }),
        serviceWorker: () => navigator.serviceWorker.register(url),
        popup: () => window.open(url) ?? Promise.reject(new Error("none")),
      };
      const got: string[] = [];
      for (const [name, attempt] of Object.entries(attempts)) {
        try {
          await attempt();
          got.push(name);
        } catch {
          // As it should be.
        }
      }
      return got;
    }, listener.url);
    assert.deepEqual(met, []);
    assert.deepEqual(listener.seen, []);
  });

  describe("against guests in their languages:", () => {
    const attempts: readonly EscapeCase[] = [...jsCases, ...luaCases, ...pythonCases];
    for (const { name, job, expected } of attempts.filter((each) => !fillsTheHeap.test(each.name))) {
      test(name, async () => {
        assert.ok(job.job_type !== "wasm");
        const limits = {
          timeoutMs: (job.timeout_seconds ?? 20) * 1000,
          ...(job.memory_mb !== undefined && { memoryMb: job.memory_mb }),
        };
        const { outcome } = await cells.run({ language: job.job_type, code: job.code, ...limits });
        const told = JSON.stringify(outcome);
        if ("code" in expected) {
          assert.ok(!outcome.ok, told);
          assert.equal(outcome.code, expected.code, told);
          if (expected.error) assert.match(outcome.message, expected.error);
        } else {
          assert.ok(outcome.ok, told);
          const result: unknown = JSON.parse(outcome.resultJson ?? "null");
          if (expected.result instanceof RegExp) assert.match(String(result), expected.result);
          else assert.deepEqual(result, expected.result);
        }
        const next = await cells.run({ language: "js", code: "6 * 7" });
        assert.deepEqual(next.outcome, { ok: true, resultJson: "42" });
        assert.deepEqual(listener.seen, []);
      });
    }
  });
});
