import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopback } from "./loopback.ts";

test("what only this machine can reach is loopback", () => {
  for (const host of [
    "localhost",
    "LocalHost",
    "127.0.0.1",
    "127.8.9.1",
    "::1",
    "0:0:0:0:0:0:0:1",
    "a.localhost",
  ]) {
    assert.ok(isLoopback(host), host);
  }
});

test("anything else is not, however much it looks like it", () => {
  for (const host of [
    "",
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "127.0.0.1.example.com",
    "127.1",
    "127.0.0.01",
    "localhost.example.com",
    "notlocalhost",
    "::ffff:1.2.3.4",
    "::1]:80@x",
  ]) {
    assert.ok(!isLoopback(host), host);
  }
});
