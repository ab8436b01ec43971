import assert from "node:assert/strict";
import { test } from "node:test";
import { OriginPolicy } from "./origin.ts";

const loopback = new OriginPolicy("127.0.0.1");

test("programs that are no browsers pass", () => {
  assert.equal(loopback.refusal({ host: "127.0.0.1:8000" }, true), undefined);
  assert.equal(loopback.refusal({}, true), undefined);
});

test("every name of loopback is ours, on any port", () => {
  for (const host of [
    "localhost",
    "localhost:8000",
    "LOCALHOST:1",
    "[::1]:8000",
    "[::1]",
    "127.0.0.2:9",
    "a.localhost:3",
  ]) {
    assert.equal(loopback.refusal({ host }, false), undefined, host);
  }
});

test("a name that was rebound to loopback is refused even for reading", () => {
  for (const host of [
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "localhost.evil.example:80",
    "",
    ":80",
  ]) {
    assert.match(loopback.refusal({ host }, false) ?? "", /^The Host header/, host);
  }
});

test("our own pages pass", () => {
  const headers = {
    host: "localhost:8000",
    origin: "http://localhost:8000",
    "sec-fetch-site": "same-origin",
  };
  assert.equal(loopback.refusal(headers, true), undefined);
});

test("a proxy that speaks TLS before us does not make our pages foreign", () => {
  const open = new OriginPolicy("0.0.0.0");
  assert.equal(open.refusal({ host: "compute.example", origin: "https://compute.example" }, true), undefined);
});

test("pages of other sites may read in vain but change nothing", () => {
  const host = "localhost:8000";
  for (const origin of [
    "https://evil.example",
    "http://localhost:3000",
    "null",
    "",
    "http://localhost",
    "file://",
  ]) {
    assert.equal(loopback.refusal({ host, origin }, false), undefined, origin);
    assert.match(loopback.refusal({ host, origin }, true) ?? "", /^Pages of other sites/, origin);
  }
});

test("a browser that says cross-site or same-site without an origin is refused too", () => {
  for (const site of ["cross-site", "same-site", "nonsense"]) {
    assert.ok(loopback.refusal({ host: "localhost", "sec-fetch-site": site }, true), site);
  }
  assert.equal(loopback.refusal({ host: "localhost", "sec-fetch-site": "none" }, true), undefined);
});

test("bound to an address that others reach, any host name will do", () => {
  const open = new OriginPolicy("0.0.0.0");
  assert.equal(open.refusal({ host: "orchestrator:8000" }, true), undefined);
  assert.ok(open.refusal({ host: "orchestrator:8000", origin: "https://evil.example" }, true));
});
