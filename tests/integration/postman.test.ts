import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { collectionPath, collectionText } from "../../scripts/build-postman.ts";
import { freshWeb } from "../../scripts/build-web.ts";
import { root } from "../../scripts/program.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { testCacheDir, volunteersConnected } from "../support/worker.ts";

const run = promisify(execFile);

/** What newman's JSON report is read for. */
interface Report {
  readonly run: {
    readonly stats: {
      readonly requests: { readonly total: number };
      readonly assertions: { readonly total: number };
    };
    readonly failures: readonly {
      readonly error: { readonly message: string };
      readonly source?: { readonly name?: string };
    }[];
  };
}

test("the Postman collection has every operation as it is; node scripts/build-postman.ts brings it up to date", async (t) => {
  const { api } = await spawnOrchestrator(t);
  const described = JSON.parse((await api.get("/openapi.json")).text);
  assert.equal(await readFile(collectionPath, "utf8"), await collectionText(described));
});

test("every request of the collection passes its tests when all are sent in turn", {
  timeout: 180_000,
}, async (t) => {
  await freshWeb();
  const { url, api } = await spawnOrchestrator(t, {
    args: ["--workers", "1"],
    env: { CACHE_DIR: testCacheDir },
  });
  await volunteersConnected(api, 1);
  const report = join(await temporaryDirectory(t), "report.json");
  const words = ["run", collectionPath, "--env-var", `baseUrl=${url.origin}`, "--timeout-request", "60000"];
  const reporting = ["--reporters", "json", "--reporter-json-export", report, "--suppress-exit-code"];
  await run(join(root, "node_modules/.bin/newman"), [...words, ...reporting]);
  const { run: found }: Report = JSON.parse(await readFile(report, "utf8"));
  assert.deepEqual(
    found.failures.map(({ error, source }) => `${source?.name}: ${error.message}`),
    [],
  );
  assert.ok(found.stats.requests.total >= 70, `only ${found.stats.requests.total} requests were sent`);
  assert.ok(found.stats.assertions.total > found.stats.requests.total);
});
