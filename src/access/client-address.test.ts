import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { test } from "node:test";
import { clientAddress } from "./client-address.ts";

const proxies = new BlockList();
proxies.addSubnet("10.0.0.0", 8, "ipv4");
proxies.addAddress("::1", "ipv6");

test("without proxies of ours, the peer is the client", () => {
  assert.equal(clientAddress("203.0.113.1", "198.51.100.1", undefined), "203.0.113.1");
  assert.equal(clientAddress("203.0.113.1", "198.51.100.1", proxies), "203.0.113.1");
});

test("the nearest address that is not ours is the client", () => {
  assert.equal(clientAddress("10.0.0.1", "198.51.100.1, 10.9.9.9", proxies), "198.51.100.1");
  assert.equal(clientAddress("10.0.0.1", ["1.1.1.1", "198.51.100.1"], proxies), "198.51.100.1");
  assert.equal(clientAddress("::1", "198.51.100.1", proxies), "198.51.100.1");
  assert.equal(clientAddress("::ffff:10.0.0.1", "198.51.100.1", proxies), "198.51.100.1");
});

test("what is no address ends the chain", () => {
  assert.equal(clientAddress("10.0.0.1", "198.51.100.1, unknown", proxies), "10.0.0.1");
  assert.equal(clientAddress("10.0.0.1", "", proxies), "10.0.0.1");
});

test("an IPv6 client is its network", () => {
  const addresses = ["2001:db8:1:2::5", "2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2:0::"];
  for (const address of addresses)
    assert.equal(clientAddress(address, undefined, undefined), "2001:db8:1:2::/64");
  assert.equal(clientAddress("::1", undefined, undefined), "0:0:0:0::/64");
  assert.equal(clientAddress("fe80::1%eth0", undefined, undefined), "fe80:0:0:0::/64");
  assert.equal(clientAddress("::ffff:192.0.2.1", undefined, undefined), "192.0.2.1");
});
