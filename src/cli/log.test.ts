import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "./log.ts";

function capture(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, write: (text: string) => written.push(text) } };
}

test("machines get one JSON object per line", () => {
  const { written, stream } = capture(false);
  createLog("info", stream).info({ job: "a" }, "done");
  const line: unknown = JSON.parse(written.join(""));
  assert.partialDeepStrictEqual(line, { level: 30, job: "a", msg: "done" });
});

test("people get a line with the facts behind the message", () => {
  const { written, stream } = capture(true);
  createLog("info", stream).warn({ job: "a", ms: 3 }, "slow");
  assert.match(written.join(""), /^\d\d:\d\d:\d\d\.\d{3} WARN {2} ?slow {2}job=a {2}ms=3\n$/);
});

test("an error's stack stands below its line", () => {
  const { written, stream } = capture(true);
  createLog("info", stream).error({ err: new Error("broken") }, "failed");
  assert.match(written.join(""), /failed\n {4}Error: broken\n {4} +at /);
});

test("what a guest wrote cannot steer a terminal", () => {
  const { written, stream } = capture(true);
  createLog("info", stream).info({ text: "\u001b[2J\u009b1m\nforged" }, "printed");
  assert.match(written.join(""), /^\P{Cc}*text=\\x1b\[2J\\x9b1m\\x0aforged\n$/u);
});

test("below its level a log is silent", () => {
  const { written, stream } = capture(true);
  createLog("warn", stream).info({}, "chatter");
  assert.deepEqual(written, []);
});

for (const isTTY of [false, true]) {
  test(`secrets are withheld from ${isTTY ? "people" : "machines"}, wherever they stand`, () => {
    const { written, stream } = capture(isTTY);
    const log = createLog("trace", stream);
    log.info({ headers: { authorization: "Digest abcdef" }, env: { KEY: "value-of-key" } }, "facts");
    log.warn({ request: { headers: { cookie: "sid=cookie-value" } } }, "deeper");
    log.error(
      { err: new Error("sent Bearer abc.def-123 with zv_abcdefgh to postgres://me:pa55word@host/db") },
      "failed",
    );
    log.info({}, "signed with whsec_c2VjcmV0c2VjcmV0");
    const text = written.join("");
    for (const hidden of ["abcdef", "value-of-key", "cookie-value", "abc.def-123", "pa55word", "c2VjcmV0"])
      assert.ok(!text.includes(hidden), text);
    assert.match(text, /postgres:\/\/me:\[withheld\]@host\/db/);
  });
}
