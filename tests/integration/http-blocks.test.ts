import assert from "node:assert/strict";
import { test } from "node:test";
import { cidOf } from "../../src/blocks/cid.ts";
import { limits } from "../../src/protocol/limits.ts";
import { bootOrchestrator } from "../support/orchestrator.ts";

/** The smallest module: a magic number and a version. */
const module = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
const wasm = { "content-type": "application/wasm" };

test("a module is stored under the CID of its bytes and served for ever", async (t) => {
  const { api } = await bootOrchestrator(t);
  const cid = await cidOf(module);
  const stored = await api.post("/api/wasm", module, wasm);
  assert.equal(stored.status, 201, stored.text);
  assert.deepEqual(stored.json(), { cid, size: 8 });
  assert.equal(stored.headers.location, `/ipfs/${cid}`);

  const served = await api.get(`/ipfs/${cid}`);
  assert.equal(served.status, 200);
  assert.equal(served.text, module.toString());
  assert.partialDeepStrictEqual(served.headers, {
    "content-type": "application/wasm",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    etag: `"${cid}"`,
  });
});

test("storing the same module again answers the same", async (t) => {
  const { api } = await bootOrchestrator(t);
  const [first, second] = [
    await api.post("/api/wasm", module, wasm),
    await api.post("/api/wasm", module, wasm),
  ];
  assert.deepEqual([second.status, second.json()], [201, first.json()]);
});

test("a wasm job may name a module that was stored", async (t) => {
  const { api } = await bootOrchestrator(t);
  await api.post("/api/wasm", module, wasm);
  const answer = await api.post("/api/jobs", { job_type: "wasm", wasm_cid: await cidOf(module) });
  assert.equal(answer.status, 201, answer.text);
});

test("whoever has a block already is not sent it again", async (t) => {
  const { api } = await bootOrchestrator(t);
  await api.post("/api/wasm", module, wasm);
  const cid = await cidOf(module);
  for (const tag of [`"${cid}"`, `W/"${cid}"`, `"other", "${cid}"`, "*"]) {
    const answer = await api.get(`/ipfs/${cid}`, { "if-none-match": tag });
    assert.deepEqual([answer.status, answer.text, answer.headers.etag], [304, "", `"${cid}"`], tag);
  }
  assert.equal((await api.get(`/ipfs/${cid}`, { "if-none-match": '"other"' })).status, 200);
});

test("HEAD tells a block's size", async (t) => {
  const { api } = await bootOrchestrator(t);
  await api.post("/api/wasm", module, wasm);
  const answer = await api.send("HEAD", `/ipfs/${await cidOf(module)}`);
  assert.deepEqual([answer.status, answer.headers["content-length"], answer.text], [200, "8", ""]);
});

test("a block that is not held is not found, not even for those who say they have it", async (t) => {
  const { api } = await bootOrchestrator(t);
  const cid = await cidOf(module);
  for (const headers of [{}, { "if-none-match": "*" }]) {
    const answer = await api.get(`/ipfs/${cid}`, headers);
    assert.equal(answer.status, 404);
    assert.partialDeepStrictEqual(answer.json(), { code: "block_not_found" });
  }
});

test("what is no CID names no block", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const name of ["x", "..%2f..%2fetc%2fpasswd", "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"]) {
    const answer = await api.get(`/ipfs/${name}`);
    assert.equal(answer.status, 400);
    assert.match(answer.text, /cid must be a CIDv1/);
  }
});

test("bytes that are no module are refused", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const bytes of [
    Buffer.from("hello"),
    module.subarray(0, 4),
    Buffer.concat([module, Buffer.from([1])]),
  ]) {
    const answer = await api.post("/api/wasm", bytes, wasm);
    assert.equal(answer.status, 400, answer.text);
    assert.partialDeepStrictEqual(answer.json(), { code: "invalid_wasm" });
  }
});

test("a module over the limit is refused", async (t) => {
  const { api } = await bootOrchestrator(t);
  const answer = await api.post("/api/wasm", Buffer.alloc(limits.wasmBytesMax + 1), wasm);
  assert.equal(answer.status, 413);
  assert.partialDeepStrictEqual(answer.json(), { code: "payload_too_large" });
});

test("an upload says what it is", async (t) => {
  const { api } = await bootOrchestrator(t);
  for (const headers of [
    {},
    { "content-type": "application/json" },
    { "content-type": "multipart/form-data" },
  ]) {
    const answer = await api.post("/api/wasm", module, headers);
    assert.equal(answer.status, 415);
    assert.match(answer.text, /Content-Type: application\/wasm/);
  }
});

test("a module cannot be sent where jobs are", async (t) => {
  const { api } = await bootOrchestrator(t);
  assert.equal((await api.post("/api/jobs", module, wasm)).status, 415);
});
