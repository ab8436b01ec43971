import assert from "node:assert/strict";
import type { OutputStream } from "../../src/protocol/output.ts";
import type { GuestOutcome, GuestRuntime } from "../../src/sandbox/kernel/guest.ts";
import type { KernelCase } from "./kernel-cases.ts";

const memoryMbDefault = 256;

export interface Ran {
  outcome: GuestOutcome;
  stdout: string;
  stderr: string;
}

/** Runs one piece of work in a runtime without a cell, and makes the runtime ready for the next. */
export async function runInRuntime(
  runtime: GuestRuntime,
  work: Pick<KernelCase, "input" | "memoryMb"> & { code?: string; module?: Uint8Array },
): Promise<Ran> {
  const printed: Record<OutputStream, string> = { stdout: "", stderr: "" };
  const outcome = await runtime.run(
    {
      code: work.code ?? "",
      module: work.module,
      inputJson: JSON.stringify(work.input ?? null),
      memoryMb: work.memoryMb ?? memoryMbDefault,
    },
    {
      write(stream, text) {
        printed[stream] += text;
      },
      ask: () => JSON.stringify({ ok: false, code: "internal", error: "Nobody answers here." }),
    },
  );
  assert.equal(runtime.reset(), true, "the runtime can be used again");
  return { outcome, ...printed };
}

/** Holds what came of a case against what it expects. */
export function assertCase({ expected, stdout, stderr }: Omit<KernelCase, "name">, ran: Ran): void {
  const { outcome } = ran;
  if ("error" in expected) {
    assert.ok(!outcome.ok, `it failed with ${expected.error}; it answered ${JSON.stringify(outcome)}`);
    assert.equal(outcome.code, expected.error, outcome.message);
    assert.match(outcome.message, expected.message);
  } else {
    assert.ok(outcome.ok, `it completed; it answered ${JSON.stringify(outcome)}`);
    const value = outcome.resultJson === undefined ? undefined : JSON.parse(outcome.resultJson);
    assert.deepEqual(value, "nothing" in expected ? undefined : expected.result);
  }
  assertText(ran.stdout, stdout);
  assertText(ran.stderr, stderr);
}

function assertText(actual: string, expected: string | RegExp | undefined): void {
  if (typeof expected === "string") assert.equal(actual, expected);
  else if (expected) assert.match(actual, expected);
}
