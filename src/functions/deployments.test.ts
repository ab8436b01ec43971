import assert from "node:assert/strict";
import { test } from "node:test";
import { digestOf } from "../../tests/contracts/revision-samples.ts";
import { settled } from "../../tests/support/settled.ts";
import { refuse } from "../protocol/errors.ts";
import { ManualClock } from "../stdx/clock.ts";
import { AppError } from "../stdx/errors.ts";
import { noLog } from "../stdx/log.ts";
import { CodeShelf } from "./code-shelf.ts";
import type { DeploymentStore } from "./deployment-store.ts";
import { Deployments } from "./deployments.ts";
import type { RevisionDraft, RevisionHead, RevisionId } from "./revision.ts";
import { FunctionRouter } from "./router.ts";

/** A write that the test lets happen, or fail. */
interface Write {
  readonly draft: RevisionDraft;
  readonly done: PromiseWithResolvers<void>;
}

function make() {
  const writes: Write[] = [];
  const events: string[] = [];
  let last = 0;
  const headOf = (draft: RevisionDraft): RevisionHead => {
    const { code: _, env: __, ...rest } = draft;
    return { ...rest, number: ++last, envNames: [], digest: digestOf(draft) };
  };
  const store: DeploymentStore = {
    async deploy(draft) {
      const done = Promise.withResolvers<void>();
      writes.push({ draft, done });
      await done.promise;
      return headOf(draft);
    },
    select: async () => undefined,
    remove: async () => false,
    find: async () => undefined,
    revision: async () => undefined,
    list: async () => ({ deployments: [], total: 0 }),
    countByNamespace: async () => [],
    async *current() {},
  };
  const router = new FunctionRouter();
  const quiet = Promise.withResolvers<void>();
  const invoker = {
    async retire(id: RevisionId) {
      events.push(`retire ${router.at("alice", "hello")?.number ?? "nothing"} ${id}`);
      await quiet.promise;
    },
  };
  const deployments = new Deployments({
    store,
    router,
    invoker,
    checker: { check: async () => ({ ok: true }) },
    blocks: { has: async () => false },
    code: new CodeShelf(store, { uses: async () => true }, 1_000_000),
    clock: new ManualClock(),
    log: noLog,
  });
  const deploy = (code = "x") => deployments.deploy("alice", "hello", { runtime: "js", code });
  return { deploy, deployments, writes, events, router, quiet };
}

test("a deployment is in the router when it is on the disk, and answered when the one before it is quiet", async () => {
  const { deploy, writes, events, router, quiet } = make();
  const first = deploy("1");
  await settled();
  assert.equal(router.at("alice", "hello"), undefined);
  writes[0]?.done.resolve();
  const { id } = await first;
  assert.equal(router.at("alice", "hello")?.id, id);
  let answered = false;
  const second = deploy("2").then(() => {
    answered = true;
  });
  await settled();
  writes[1]?.done.resolve();
  await settled();
  assert.deepEqual(events, [`retire 2 ${id}`], "the router has the new one before the old one is retired");
  assert.equal(answered, false);
  quiet.resolve();
  await second;
});

test("changes of one path follow each other, and those of others pass by", async () => {
  const { deploy, deployments, writes, router, quiet } = make();
  quiet.resolve();
  const both = Promise.all([deploy("1"), deploy("2")]);
  void deployments.deploy("alice", "other", { runtime: "js", code: "3" });
  await settled();
  assert.deepEqual(
    writes.map(({ draft }) => draft.code),
    ["1", "3"],
  );
  writes[0]?.done.resolve();
  await settled();
  assert.equal(writes[2]?.draft.code, "2");
  writes[2]?.done.resolve();
  const [, second] = await both;
  assert.equal(router.at("alice", "hello")?.id, second.id);
});

test("a disk that refuses changes nothing, and the next deployment goes its way", async () => {
  const { deploy, writes, events, router } = make();
  const first = deploy("1");
  await settled();
  writes[0]?.done.resolve();
  const { id } = await first;
  const second = deploy("2");
  const third = deploy("3");
  await settled();
  writes[1]?.done.reject(refuse("storage_unavailable", "The disk is full."));
  await assert.rejects(second, (error) => error instanceof AppError && error.code === "storage_unavailable");
  assert.equal(router.at("alice", "hello")?.id, id);
  assert.deepEqual(events, []);
  await settled();
  assert.equal(writes[2]?.draft.code, "3");
  writes[2]?.done.reject(new Error("the test is over"));
  await assert.rejects(third);
});
