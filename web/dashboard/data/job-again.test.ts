import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curlOf } from "./job-again.ts";

test("the command gives a shell the job as it is, whatever quotes are in it", () => {
  const submission = {
    job_type: "js",
    code: `console.log('it''s "$HOME" \`now\`')\n`,
    input_data: { a: "b'c" },
  } as const;
  const command = curlOf("http://localhost:8000", submission, true).replace("curl", "printf '%s\\n'");
  const words = execFileSync("sh", ["-c", command], {
    env: { ZERVERLESS_TOKEN: "zv_secret" },
    encoding: "utf8",
  });
  assert.deepEqual(words.trimEnd().split("\n"), [
    "http://localhost:8000/api/jobs",
    "-H",
    "Authorization: Bearer zv_secret",
    "-H",
    "Content-Type: application/json",
    "-d",
    JSON.stringify(submission),
  ]);
});
