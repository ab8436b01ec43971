import assert from "node:assert/strict";
import { test } from "node:test";
import { type BrowserFeatures, canAskDatabase, missingFeatures } from "./features.ts";

const everything: BrowserFeatures = {
  worker: true,
  webAssembly: true,
  webSocket: true,
  crossOriginIsolated: true,
  sharedMemory: true,
  secureContext: true,
};
const names = (features: Partial<BrowserFeatures>) =>
  missingFeatures({ ...everything, ...features }).map(({ name }) => name);

test("a browser that has everything is told nothing", () => {
  assert.deepEqual(names({}), []);
  assert.equal(canAskDatabase(everything), true);
});

test("without shared memory a volunteer works on, without the database", () => {
  assert.deepEqual(names({ crossOriginIsolated: false }), ["Shared memory"]);
  assert.deepEqual(names({ sharedMemory: false }), ["Shared memory"]);
  assert.equal(canAskDatabase({ ...everything, sharedMemory: false }), false);
  assert.equal(missingFeatures({ ...everything, sharedMemory: false })[0]?.needed, false);
});

test("plain HTTP is named as the one reason for what it takes away", () => {
  assert.deepEqual(names({ secureContext: false, crossOriginIsolated: false, sharedMemory: false }), [
    "A secure connection",
  ]);
});

test("without workers or a way to the orchestrator nothing can run", () => {
  for (const features of [{ worker: false }, { webSocket: false }]) {
    assert.equal(missingFeatures({ ...everything, ...features })[0]?.needed, true);
  }
});
