/* Two namespaces share an orchestrator and one slot, and see nothing of each other: by the API, and from guest code. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { type Dialect, deploymentBody, dialects } from "../support/dialects.ts";
import { assertProblem } from "../support/functions.ts";
import { runJob } from "../support/jobs.ts";
import { spawnFunctions } from "../support/real-functions.ts";

const secretValue = "alice's own secret";

/** What a spy saw, whichever language it was written in. */
interface Sight {
  readonly planted: boolean;
  readonly secret: unknown;
  readonly keys: readonly string[];
  readonly env: boolean;
}

function sightOf(body: unknown): Sight {
  const { planted, secret, keys, env } = body as {
    planted: boolean;
    secret: unknown;
    keys: string[] | { keys: string[] };
    env: string | number | null;
  };
  // Modules pass on the whole answer, and count their variables.
  return { planted, secret, keys: Array.isArray(keys) ? keys : keys.keys, env: env !== null && env !== 0 };
}

const nothing: Sight = { planted: false, secret: null, keys: [], env: false };
const path = ({ name }: Dialect) => name.toLowerCase().replaceAll(" ", "-");
/** A WASI command has no instance that lives on; its database is that of the other modules. */
const spies = dialects.filter(({ name }) => name !== "WebAssembly with WASI");

test("guest code sees the data, variables and globals of its own function and namespace alone", {
  timeout: 120_000,
}, async (t) => {
  const desk = await spawnFunctions(t, 1);
  for (const dialect of spies) {
    await t.test(dialect.name, async () => {
      // Namespaces of their own, so that nothing of one language lies in the way of the next.
      const [alice, bob] = [`alice-${path(dialect)}`, `bob-${path(dialect)}`];
      await desk.deploy(`/${alice}/spy`, dialect.spy, { env: { SECRET: secretValue } });
      await desk.deploy(`/${bob}/spy`, dialect.spy);
      const own = { planted: true, secret: "planted", keys: ["secret"], env: true };
      assert.deepEqual(sightOf(await desk.json(`/${alice}/spy`, "POST")), own);
      assert.deepEqual(sightOf(await desk.json(`/${alice}/spy`)), own, "a later call sees what it left");
      assert.deepEqual(sightOf(await desk.json(`/${bob}/spy`)), nothing, "another namespace does not");

      await desk.deploy(`/${alice}/neighbour`, dialect.spy);
      const neighbour = { ...nothing, secret: "planted", keys: ["secret"] };
      assert.deepEqual(
        sightOf(await desk.json(`/${alice}/neighbour`)),
        neighbour,
        "a function beside it sees the database alone",
      );

      assert.deepEqual(sightOf(await desk.json(`/${bob}/spy`, "POST")), { ...own, env: false });
      await desk.api.send("DELETE", `/api/db/${alice}/secret`);
      assert.deepEqual(
        sightOf(await desk.json(`/${bob}/spy`)),
        { ...own, env: false },
        "bob's is not alice's",
      );
      assert.deepEqual(sightOf(await desk.json(`/${alice}/spy`)), { ...own, secret: null, keys: [] });
    });
  }
});

const jobs = [
  { job_type: "lua", code: 'local keys = db.list() return {db.get("secret") or "nothing", #keys}' },
  { job_type: "js", code: '[db.get("secret") ?? "nothing", db.list().keys.length]' },
  { job_type: "python", code: 'import db\n[db.get("secret") or "nothing", len(db.list()[0])]' },
] as const;

test("a job sees the database of its namespace alone, and none of a function's", {
  timeout: 120_000,
}, async (t) => {
  const desk = await spawnFunctions(t, 1);
  await desk.api.send("PUT", "/api/db/alice/secret", { body: { value: "planted" } });
  for (const job of jobs) {
    await t.test(job.job_type, async () => {
      const [hers, his, nobodys] = [
        await runJob(desk.api, { ...job, namespace: "alice" }),
        await runJob(desk.api, { ...job, namespace: "bob" }),
        await runJob(desk.api, job),
      ];
      assert.deepEqual(hers.result, ["planted", 1]);
      assert.deepEqual(
        [his.result, nobodys.result],
        [
          ["nothing", 0],
          ["nothing", 0],
        ],
      );
    });
  }
  await t.test("wasm", async () => {
    const spy = dialects.find(({ name }) => name === "WebAssembly")?.spy;
    assert.ok(spy);
    const { wasm_cid } = await deploymentBody(desk.api, spy);
    assert.equal(typeof wasm_cid, "string");
    const job = { job_type: "wasm", wasm_cid: String(wasm_cid) } as const;
    const sight = async (namespace: string) => {
      const { result } = await runJob(desk.api, { ...job, namespace });
      return sightOf((result as { body: unknown }).body);
    };
    assert.deepEqual(await sight("alice"), { ...nothing, secret: "planted", keys: ["secret"] });
    assert.deepEqual(await sight("bob"), nothing);
  });
});

/** Names that would lead from one namespace into another, if any part of a key or path were taken for more than a name. */
const ways = [
  "alice/k",
  "../alice/k",
  "/alice/k",
  "..%2falice%2fk",
  "alice%00k",
  "k%00",
  "%2e%2e%2falice%2fk",
];

test("by the API a namespace has its own keys, files, functions and logs", { timeout: 90_000 }, async (t) => {
  const desk = await spawnFunctions(t, 1);
  const { api } = desk;
  const [lua] = dialects;
  assert.ok(lua);
  await api.send("PUT", "/api/db/alice/k", { body: { value: secretValue } });
  await api.send("PUT", "/api/storage/alice/k", { body: secretValue });
  await desk.deploy("/alice/k", lua.printing);
  assert.equal((await api.get("/alice/k")).text, "printed");

  for (const door of ["/api/db", "/api/storage", "/static", "/api/deploy", "/api/logs", ""]) {
    assert.equal((await api.get(`${door}/alice/k`)).status, 200, `${door}/alice/k is there`);
    assert.equal((await api.get(`${door}/bob/k`)).status, 404, `${door}/bob/k`);
    for (const way of ways) {
      const answer = await api.get(`${door}/bob/${way}`);
      assert.ok([400, 404].includes(answer.status), `${door}/bob/${way}: ${answer.status}`);
      assert.ok(!answer.text.includes(secretValue));
    }
  }
  const lists = ["/api/db/bob/", "/api/storage/bob/", "/api/deploy?namespace=bob"];
  const empty = await Promise.all(lists.map((list) => api.get(list)));
  assert.partialDeepStrictEqual(
    empty.map((answer) => answer.json()),
    [
      { keys: [], count: 0 },
      { files: [], count: 0 },
      { deployments: [], total: 0 },
    ],
  );

  for (const door of ["/api/db", "/api/storage", "/api/deploy"]) {
    assert.equal((await api.send("DELETE", `${door}/bob/k`)).status, 404);
    assert.equal((await api.get(`${door}/alice/k`)).status, 200, "bob cannot delete what is alice's");
  }
  const put = await api.send("PUT", "/api/deploy/bob/k", { body: { revision: 1 } });
  assertProblem(put, 404, "function_not_found");
  const batch = await api.post("/api/db/bob", {
    ops: [
      { op: "get", key: "k" },
      { op: "set", key: "k", value: 1 },
    ],
  });
  assert.partialDeepStrictEqual(batch.json(), { results: [{ exists: false }, { created: true }] });
  assert.partialDeepStrictEqual((await api.get("/api/db/alice/k")).json(), { value: secretValue });
});

/** Reads a file by its true path, in the languages that have files at all. */
const readers = [
  {
    runtime: "python",
    code: `def handle(req):
    found = []
    for path in req["body"].split():
        try:
            found.append(open(path, "rb").read().decode("latin1"))
        except OSError:
            pass
    return {"body": {"found": found}}`,
  },
  {
    runtime: "js",
    code: `async function handle(req) {
  const found = [];
  for (const path of req.body.split("\\n")) {
    for (const read of [() => Deno.readTextFileSync(path), () => process.getBuiltinModule("fs").readFileSync(path, "utf8"),
      () => import("file://" + path), () => fetch("file://" + path).then((answer) => answer.text())]) {
      try { found.push(await read()); } catch {}
    }
  }
  return { body: { found } };
}`,
  },
  {
    runtime: "lua",
    code: `function handle(req)
  local found = {}
  for path in req.body:gmatch("[^\\n]+") do
    local ok, text = pcall(function() return io.open(path):read("a") end)
    if ok then found[#found + 1] = text end
    local ok, text = pcall(function() return dofile(path) end)
    if ok then found[#found + 1] = text end
  end
  return {body = {found = require("json").array(found)}}
end`,
  },
] as const;

test("guest code cannot read where namespaces keep their data", { timeout: 90_000 }, async (t) => {
  const desk = await spawnFunctions(t, 1);
  const { api } = desk;
  await api.send("PUT", "/api/db/alice/k", { body: { value: secretValue } });
  await api.send("PUT", "/api/storage/alice/k", { body: secretValue });
  const files = await readdir(desk.dataDir, { recursive: true, withFileTypes: true });
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  assert.ok(paths.some((file) => file.includes("kv")) && paths.some((file) => file.includes("storage")));
  for (const reader of readers) {
    await t.test(reader.runtime, async () => {
      await desk.deploy(`/bob/${reader.runtime}`, reader);
      const answer = await api.post(`/bob/${reader.runtime}`, paths.join("\n"));
      assert.deepEqual([answer.status, answer.json()], [200, { found: [] }]);
    });
  }
});
