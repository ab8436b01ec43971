import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import type { JobSubmission } from "../../src/protocol/job.ts";
import type { Language } from "../../src/protocol/languages.ts";
import type { Api } from "../support/api.ts";
import { launchBrowser, withoutBrowser } from "../support/browser.ts";
import { deploymentBody, dialects } from "../support/dialects.ts";
import { runJob } from "../support/jobs.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { faultsOf, theVolunteer, volunteerTab } from "../support/volunteer-tab.ts";
import { assemble } from "../support/wat.ts";
import { data, memory, output } from "../support/wat-parts.ts";
import { testCacheDir } from "../support/worker.ts";

const env = { CACHE_DIR: testCacheDir };

const sums: Record<Exclude<Language, "wasm">, string> = {
  js: "INPUT.a + INPUT.b",
  lua: "return INPUT.a + INPUT.b",
  python: "INPUT['a'] + INPUT['b']",
};
const answer = `(module ${output} ${memory} ${data(8, "42")}
  (func (export "run") (call $output (i32.const 8) (i32.const 2))))`;

async function submissionFor(api: Api, language: Language): Promise<JobSubmission> {
  const input_data = { a: 40, b: 2 };
  if (language !== "wasm") return { job_type: language, code: sums[language], input_data };
  const body = await assemble(answer);
  const headers = { "content-type": "application/wasm" };
  const { cid } = (await api.send("POST", "/api/wasm", { body, headers })).json() as { cid: string };
  return { job_type: "wasm", wasm_cid: cid, input_data };
}

describe("a tab that is the only volunteer", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("offers every language, the database, and says that it is a browser", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    await volunteerTab(t, browser, orchestrator, { cores: 2, memoryMb: 512 });
    const { capabilities, isolation, slots, agent } = await theVolunteer(orchestrator.api);
    assert.deepEqual(capabilities, {
      js: true,
      lua: true,
      python: true,
      wasm: true,
      db: true,
      max_memory_mb: 512,
    });
    assert.deepEqual([isolation, slots], ["browser", 2]);
    assert.match(agent ?? "", /tab/);
  });

  for (const language of ["js", "lua", "python", "wasm"] as const) {
    test(`runs jobs in ${language}`, async (t) => {
      const orchestrator = await bootOrchestrator(t, { env });
      const tab = await volunteerTab(t, browser, orchestrator);
      const job = await runJob(orchestrator.api, await submissionFor(orchestrator.api, language));
      assert.deepEqual([job.status, job.result, job.error], ["completed", 42, null]);
      assert.deepEqual(faultsOf(tab), []);
    });
  }

  // The last one is a new instance for each call.
  for (const dialect of dialects.filter(({ name }) => name !== "WebAssembly with WASI")) {
    test(`serves functions in ${dialect.name}, whose calls see the instance's state and the database`, async (t) => {
      const orchestrator = await bootOrchestrator(t, { env });
      const { api } = orchestrator;
      await volunteerTab(t, browser, orchestrator);
      const deploy = async (path: string, deployable: Parameters<typeof deploymentBody>[1]) => {
        const body = { ...(await deploymentBody(api, deployable)), placement: "any" };
        const deployed = await api.post(`/api/deploy${path}`, body);
        assert.equal(deployed.status, 201, deployed.text);
      };
      await deploy("/alice/count", dialect.counter(7));
      const calls = [];
      for (let call = 0; call < 3; call++) calls.push((await api.get("/alice/count")).json());
      assert.deepEqual(
        calls,
        [1, 2, 3].map((count) => ({ revision: 7, calls: count })),
      );
      await deploy("/alice/spy", dialect.spy);
      const planted = await api.post("/alice/spy", {});
      assert.partialDeepStrictEqual(planted.json(), { planted: true, secret: "planted" });
    });
  }

  test("is not given functions that ask for trusted volunteers", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    await volunteerTab(t, browser, orchestrator);
    await api.post("/api/deploy/alice/secret", {
      runtime: "js",
      code: "export default () => 'no'",
      timeout_seconds: 1,
    });
    assert.ok((await api.get("/alice/secret")).status >= 500);
  });
});
