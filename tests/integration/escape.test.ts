import assert from "node:assert/strict";
import { test } from "node:test";
import wabt from "wabt";
import type { JobDetail } from "../../src/protocol/job.ts";
import type { EscapeCase, Expected } from "../escape/cases.ts";
import { jsCases } from "../escape/js-cases.ts";
import { luaCases } from "../escape/lua-cases.ts";
import { pythonCases } from "../escape/python-cases.ts";
import { traceCases } from "../escape/trace-cases.ts";
import { wasmCases } from "../escape/wasm-cases.ts";
import type { Api } from "../support/api.ts";
import { runJob } from "../support/jobs.ts";
import { spawnOrchestrator } from "../support/spawn.ts";
import { spawnWorker, volunteersConnected } from "../support/worker.ts";

/*
 * The attempts of tests/escape, each made by a real job through a real orchestrator on a real worker with one slot, so
 * that every job meets what the one before it left. After each attempt the next job must find everything in order.
 */

function assertExpected(job: JobDetail, expected: Expected): void {
  const told = JSON.stringify({
    status: job.status,
    code: job.error_code,
    error: job.error,
    result: job.result,
  });
  if ("code" in expected) {
    assert.equal(job.status, "failed", told);
    assert.equal(job.error_code, expected.code, told);
    assert.ok(job.error, "a failure has its sentence");
    if (expected.error) assert.match(job.error, expected.error);
  } else {
    assert.equal(job.status, "completed", told);
    if (expected.result instanceof RegExp) assert.match(String(job.result), expected.result);
    else assert.deepEqual(job.result, expected.result);
  }
}

/** Jobs of the same namespace and another one, right after an attempt. */
async function assertUntouched(api: Api): Promise<void> {
  for (const namespace of ["mallory", "alice"]) {
    const next = await runJob(api, { job_type: "js", code: "console.log('in order'); 6 * 7", namespace });
    assert.deepEqual(
      [next.status, next.result, next.stdout, next.attempts],
      ["completed", 42, "in order\n", 1],
    );
  }
}

test("an orchestrator and a worker hold out against", { timeout: 600_000 }, async (t) => {
  const { api, volunteerUrl } = await spawnOrchestrator(t);
  const worker = spawnWorker(t, volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(api, 1);

  const attempts: readonly EscapeCase[] = [...jsCases, ...luaCases, ...pythonCases];
  for (const { name, job, expected } of attempts) {
    await t.test(name, async () => {
      assertExpected(await runJob(api, job), expected);
      await assertUntouched(api);
    });
  }
  const { parseWat } = await wabt();
  for (const { name, wat, expected, ...fields } of wasmCases) {
    await t.test(`wasm: ${name}`, async () => {
      const { buffer } = parseWat("attempt.wat", wat, { reference_types: true }).toBinary({});
      const stored = await api.send("POST", "/api/wasm", {
        body: buffer,
        headers: { "content-type": "application/wasm" },
      });
      assert.equal(stored.status, 201, stored.text);
      const { cid } = stored.json() as { cid: string };
      const job = await runJob(api, {
        job_type: "wasm",
        wasm_cid: cid,
        namespace: "mallory",
        timeout_seconds: 20,
        ...fields,
      });
      assertExpected(job, expected);
      await assertUntouched(api);
    });
  }
  for (const { language, name, leave, look, clean } of traceCases) {
    await t.test(`${language}: no trace by ${name}`, async () => {
      for (const namespace of ["mallory", "alice"]) {
        await runJob(api, { job_type: language, code: leave, namespace: "mallory", input_data: null });
        const next = await runJob(api, { job_type: language, code: look, namespace });
        assert.deepEqual([next.status, next.result], ["completed", clean], `${namespace}: ${next.error}`);
      }
    });
  }
  assert.equal(worker.process.exitCode, null, "the worker lived through it all");
});
