import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cidOf, isCid, matchesCid } from "./cid.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("a CID is the one that IPFS gives to a raw block", async () => {
  // Worked out by hand: "b", then base32 of 01 (version) 55 (raw) 12 20 (SHA-256, 32 bytes) and `sha256sum`.
  assert.equal(
    await cidOf(bytesOf("hello world")),
    "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
  );
});

test("only the bytes themselves match their CID", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), async (a, b) => {
      const cid = await cidOf(a);
      assert.ok(isCid(cid));
      assert.equal(await matchesCid(b, cid), Buffer.compare(a, b) === 0);
    }),
  );
});

test("bytes in shared memory have the same CID", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(5));
  shared.set(bytesOf("hello"));
  assert.equal(await cidOf(shared), await cidOf(bytesOf("hello")));
});

test("a view of a larger buffer is named by its own bytes", async () => {
  assert.equal(await cidOf(bytesOf("xhellox").subarray(1, 6)), await cidOf(bytesOf("hello")));
});

test("what is not a raw SHA-256 CID in base32 is no name of a block", async () => {
  const cid = await cidOf(bytesOf("hello world"));
  const others = [
    "",
    "../../etc/passwd",
    "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
    "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
    cid.toUpperCase(),
    `${cid}a`,
    cid.slice(0, -1),
    `${cid}/..`,
  ];
  for (const text of others) assert.equal(isCid(text), false, text);
});
