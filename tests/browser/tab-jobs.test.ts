import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import type { JobDetail, JobSubmission } from "../../src/protocol/job.ts";
import type { Api } from "../support/api.ts";
import { launchBrowser, withoutBrowser } from "../support/browser.ts";
import { EventReader } from "../support/event-source.ts";
import { eventually } from "../support/eventually.ts";
import { ended, runJob, submitJob } from "../support/jobs.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";
import { theVolunteer, volunteersOf, volunteerTab } from "../support/volunteer-tab.ts";
import { testCacheDir } from "../support/worker.ts";

const env = { CACHE_DIR: testCacheDir };
const endless = { job_type: "js", code: "for (;;);" } as const;

const jobOf = async (api: Api, { id }: { id: string }) =>
  (await api.get(`/api/jobs/${id}`)).json() as JobDetail;
const runs = (api: Api, job: { id: string }) =>
  eventually(async () => (await jobOf(api, job)).status === "running");

/** That the tab is the one that it was: its connection has not even been made anew. */
async function assertLives(api: Api, volunteerId: string): Promise<void> {
  const { status, result, volunteer_id } = await runJob(api, { job_type: "js", code: "6 * 7" });
  assert.deepEqual([status, result, volunteer_id], ["completed", 42, volunteerId]);
}

describe("jobs in a tab", { skip: withoutBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  test("tell what they print while they run", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    await volunteerTab(t, browser, orchestrator);
    const code = `console.log("begun"); await new Promise((done) => setTimeout(done, 30_000));`;
    const job = await submitJob(api, { job_type: "js", code });
    using events = await EventReader.open(new URL(`/api/jobs/${job.id}/events`, orchestrator.url));
    let event = await events.next();
    while (event && event.event !== "log") event = await events.next();
    assert.partialDeepStrictEqual(event?.data, { stream: "stdout", text: "begun\n" });
    assert.equal((await jobOf(api, job)).status, "running");
  });

  test("are stopped by a cancel, in the middle of a loop that never ends", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    await volunteerTab(t, browser, orchestrator);
    const { id } = await theVolunteer(api);
    const job = await submitJob(api, endless);
    await runs(api, job);
    assert.equal((await api.send("DELETE", `/api/jobs/${job.id}`)).status, 204);
    await assertLives(api, id);
  });

  const bombs: readonly (JobSubmission & { readonly name: string; readonly error: string })[] = [
    { name: "JavaScript that loops for ever", ...endless, timeout_seconds: 1, error: "timeout" },
    {
      name: "Lua that loops for ever",
      job_type: "lua",
      code: "while true do end",
      timeout_seconds: 1,
      error: "timeout",
    },
    {
      name: "Python that loops for ever",
      job_type: "python",
      code: "while True: pass",
      timeout_seconds: 1,
      error: "timeout",
    },
    {
      name: "JavaScript that fills the heap",
      job_type: "js",
      code: "const all = []; for (;;) all.push(new Array(3e7).fill(1.5));",
      error: "memory_exceeded",
    },
    {
      name: "Lua that fills its memory",
      job_type: "lua",
      code: "local all = {} while true do all[#all + 1] = ('x'):rep(1e6) .. #all end",
      error: "memory_exceeded",
    },
  ];
  for (const { name, error, ...job } of bombs) {
    test(`${name} costs its cell and not the tab`, async (t) => {
      const orchestrator = await bootOrchestrator(t, { env });
      const { api } = orchestrator;
      await volunteerTab(t, browser, orchestrator);
      const { id } = await theVolunteer(api);
      const { status, error_code } = await runJob(api, { timeout_seconds: 100, ...job });
      assert.deepEqual([status, error_code], ["failed", error]);
      await assertLives(api, id);
    });
  }

  test("of two namespaces in turn share nothing", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    await volunteerTab(t, browser, orchestrator);
    const leave = "globalThis.mark = 'left'; Array.prototype.mark = 'left'; db.set('mark', 'left'); 1";
    const look = "[typeof globalThis.mark, typeof [].mark, db.get('mark') ?? null]";
    for (const [namespace, code, result] of [
      ["alice", leave, 1],
      ["bob", look, ["undefined", "undefined", null]],
      ["alice", look, ["undefined", "undefined", "left"]],
    ] as const) {
      const job = await runJob(api, { job_type: "js", namespace, code });
      assert.deepEqual([job.status, job.result], ["completed", result], job.error ?? "");
    }
  });

  test("are finished by another volunteer when the tab is closed in the middle", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { api } = orchestrator;
    const first = await volunteerTab(t, browser, orchestrator);
    const code = "await new Promise((done) => setTimeout(done, 1500)); 'done'";
    const job = await submitJob(api, { job_type: "js", code });
    await runs(api, job);
    const { id } = await theVolunteer(api);
    await first.page.close();
    await eventually(async () => (await volunteersOf(api)).length === 0);
    await volunteerTab(t, browser, orchestrator);
    const { status, result, volunteer_id, attempts } = await ended(api, job);
    assert.deepEqual([status, result, attempts], ["completed", "done", 2]);
    assert.notEqual(volunteer_id, id);
  });

  test("come again after the orchestrator was restarted under an open tab", async (t) => {
    const orchestrator = await bootOrchestrator(t, { env });
    const { page } = await volunteerTab(t, browser, orchestrator);
    await orchestrator.stop();
    await page.getByText("No connection to").first().waitFor();
    const port = orchestrator.url.port;
    const again = await bootOrchestrator(t, { env, flags: { port, dataDir: orchestrator.dataDir } });
    await theVolunteer(again.api);
    const { status, result } = await runJob(again.api, { job_type: "js", code: "6 * 7" });
    assert.deepEqual([status, result], ["completed", 42]);
  });
});
