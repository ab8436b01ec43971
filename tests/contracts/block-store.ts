import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { cidOf } from "../../src/blocks/cid.ts";
import type { BlockStore } from "../../src/blocks/store.ts";

export interface BlockStoreHarness {
  readonly store: BlockStore;
  /** Another store on the same data, as after a restart. */
  reopen(): Promise<BlockStore>;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What every BlockStore does. @param open makes an empty one, cleared away when the test ends */
export function blockStoreContract(name: string, open: (t: TestContext) => Promise<BlockStoreHarness>): void {
  test(`${name}: a stored block is answered by its CID, also after a restart`, async (t) => {
    const { store, reopen } = await open(t);
    const cid = await store.put(bytesOf("hello world"));
    assert.equal(cid, await cidOf(bytesOf("hello world")));
    for (const held of [store, await reopen()]) {
      assert.equal(await held.has(cid), true);
      assert.deepEqual(Buffer.from((await held.get(cid)) ?? []), Buffer.from("hello world"));
    }
  });

  test(`${name}: a block that was never stored is not held`, async (t) => {
    const { store } = await open(t);
    const cid = await cidOf(bytesOf("never stored"));
    assert.equal(await store.has(cid), false);
    assert.equal(await store.get(cid), undefined);
  });

  test(`${name}: storing the same bytes again changes nothing`, async (t) => {
    const { store } = await open(t);
    const first = await store.put(bytesOf("twice"));
    const cids = await Promise.all(Array.from({ length: 8 }, () => store.put(bytesOf("twice"))));
    assert.deepEqual(new Set(cids), new Set([first]));
    assert.deepEqual(Buffer.from((await store.get(first)) ?? []), Buffer.from("twice"));
  });

  test(`${name}: the empty block is a block`, async (t) => {
    const { store } = await open(t);
    const cid = await store.put(new Uint8Array(0));
    assert.equal(await store.has(cid), true);
    assert.equal((await store.get(cid))?.length, 0);
  });

  test(`${name}: any bytes come back as they were`, async (t) => {
    const { store, reopen } = await open(t);
    const written = new Map<string, Uint8Array>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 4 }), async (blocks) => {
        const cids = await Promise.all(blocks.map((bytes) => store.put(bytes)));
        for (const [index, cid] of cids.entries()) {
          const bytes = blocks[index] ?? new Uint8Array();
          written.set(cid, bytes);
          assert.equal(Buffer.compare((await store.get(cid)) ?? new Uint8Array(1), bytes), 0);
        }
      }),
      { numRuns: 15 },
    );
    const after = await reopen();
    for (const bytes of written.values()) {
      assert.equal(Buffer.compare((await after.get(await cidOf(bytes))) ?? new Uint8Array(1), bytes), 0);
    }
  });

  test(`${name}: callers that ask for one block at once all get it`, async (t) => {
    const { store, reopen } = await open(t);
    const cid = await store.put(bytesOf("wanted"));
    const fresh = await reopen();
    const answers = await Promise.all(Array.from({ length: 16 }, () => fresh.get(cid)));
    for (const answer of answers) assert.deepEqual(Buffer.from(answer ?? []), Buffer.from("wanted"));
  });
}
