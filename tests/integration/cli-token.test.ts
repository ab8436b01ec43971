import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { bearer } from "../support/access.ts";
import { Api } from "../support/api.ts";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { runToEnd, spawnOrchestrator } from "../support/spawn.ts";
import { spawnWorker, volunteersConnected } from "../support/worker.ts";

const locked = { REQUIRE_TOKENS: "on" };

test("the first token is made on the machine, before the orchestrator runs or while it does", async (t) => {
  const dataDir = join(await temporaryDirectory(t), "data");
  const before = await runToEnd(["token", "create", "--admin", "--data-dir", dataDir]);
  assert.equal(before.code, 0, before.stderr);
  assert.match(before.stdout, /^zv_[\w-]{43}\n$/);
  assert.match(before.stderr, /has the scopes admin\. It is not shown again\.\n$/);
  const { api } = await spawnOrchestrator(t, { dataDir, env: locked });
  assert.equal((await api.get("/api/tokens")).status, 401);
  assert.equal((await api.get("/api/tokens", bearer(before.stdout.trim()))).status, 200);

  const words = ["token", "create", "--name", "reader", "--scope", "read:alice", "--expires-in", "1h"];
  const during = await runToEnd(words, { DATA_DIR: dataDir });
  assert.equal(during.code, 0, during.stderr);
  assert.equal((await api.get("/api/jobs", bearer(during.stdout.trim()))).status, 200);
  assert.equal((await api.get("/api/tokens", bearer(during.stdout.trim()))).status, 403);
});

test("a worker shows ZERVERLESS_TOKEN", async (t) => {
  const dataDir = join(await temporaryDirectory(t), "data");
  const make = (...scope: string[]) => runToEnd(["token", "create", "--data-dir", dataDir, ...scope]);
  const admin = (await make("--admin")).stdout.trim();
  const volunteer = (await make("--name", "v", "--scope", "volunteer")).stdout.trim();
  const { url, volunteerUrl } = await spawnOrchestrator(t, { dataDir, env: locked });
  class Signed extends Api {
    override get(path: string) {
      return super.get(path, bearer(admin));
    }
  }
  spawnWorker(t, volunteerUrl, ["--slots", "1"], { ZERVERLESS_TOKEN: volunteer });
  await volunteersConnected(new Signed(url), 1);
});

for (const [words, sentence] of [
  [["token"], /What to do with tokens, such as create, is missing/],
  [["token", "destroy"], /token takes create/],
  [["token", "create"], /needs --admin, or --scope/],
  [["token", "create", "--scope", "read"], /--scope "read" must be admin/],
  [["token", "create", "--scope", "read:alice"], /needs a --name/],
  [["token", "create", "--admin", "--expires-in", "soon"], /--expires-in must be a span/],
] as const) {
  test(`zerverless ${words.join(" ")} says what is wrong`, async () => {
    const { code, stdout, stderr } = await runToEnd(words);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, sentence);
  });
}
