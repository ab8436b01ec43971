import assert from "node:assert/strict";
import { test } from "node:test";
import { curlOf, emptyTrial, readTrial, type TrialForm, type TrialRequest } from "./trial.ts";

function read(form: Partial<TrialForm>, path = "alice/api"): TrialRequest {
  const reading = readTrial(path, { ...emptyTrial, ...form });
  assert.ok(reading.kind === "request");
  return reading.request;
}

const faultOf = (form: Partial<TrialForm>) => {
  const reading = readTrial("alice/api", { ...emptyTrial, ...form });
  assert.ok(reading.kind === "fault");
  return reading;
};

test("what follows the path may begin with a slash or not, and the query with a question mark or not", () => {
  for (const [suffix, query] of [
    ["/users/7", "?a=1"],
    ["users/7", "a=1"],
  ] as const) {
    assert.equal(read({ suffix, query }).target, "/alice/api/users/7?a=1");
  }
  assert.equal(read({}).target, "/alice/api");
});

test("spaces and letters beyond ASCII are encoded, and what is encoded already is left alone", () => {
  assert.equal(read({ suffix: "/a b/ü/%2F" }).target, "/alice/api/a%20b/%C3%BC/%2F");
});

test("headers are lines, and a line that is none is named", () => {
  assert.deepEqual(read({ headers: "Accept: text/plain\n\nX-A:b:c " }).headers, [
    ["Accept", "text/plain"],
    ["X-A", "b:c"],
  ]);
  assert.match(faultOf({ headers: "Accept text/plain" }).sentence, /not Accept text\/plain/);
});

test("a header that browsers keep for themselves is refused instead of vanishing", () => {
  assert.match(faultOf({ headers: "Host: example.com" }).sentence, /^Host is set by the browser/);
  assert.match(faultOf({ headers: "Sec-Fetch-Mode: cors" }).sentence, /^Sec-Fetch-Mode/);
});

test("a body goes with the methods that have one", () => {
  assert.equal(read({ method: "GET", body: "{}" }).body, undefined);
  assert.equal(read({ method: "POST", body: "{}" }).body, "{}");
  assert.equal(read({ method: "DELETE", body: "" }).body, undefined);
});

test("the same request can be made with curl, whatever quotes are in it", () => {
  const request = read({ method: "PUT", headers: "X-A: b", body: "it's" });
  assert.equal(
    curlOf("http://localhost:8000", request),
    "curl -X PUT -H 'X-A: b' --data-raw 'it'\\''s' 'http://localhost:8000/alice/api'",
  );
  assert.equal(
    curlOf("http://h", read({ method: "POST", body: "a" })),
    "curl --data-raw 'a' 'http://h/alice/api'",
  );
});
