import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isPublicAddress } from "./addresses.ts";

describe("which addresses are public", () => {
  for (const address of [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
  ]) {
    test(`${address} is`, () => assert.equal(isPublicAddress(address), true));
  }

  for (const address of [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::a00:1",
    "fc00::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
    "",
  ]) {
    test(`${JSON.stringify(address)} is not`, () => assert.equal(isPublicAddress(address), false));
  }
});
