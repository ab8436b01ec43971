/* Functions as their users meet them: a spawned orchestrator, real workers, sealed cells, every language. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { atEnd } from "../support/at-end.ts";
import { type Dialect, dialects } from "../support/dialects.ts";
import { eventually } from "../support/eventually.ts";
import { assertProblem } from "../support/functions.ts";
import { type RealFunctions, spawnFunctions } from "../support/real-functions.ts";
import { VolunteerSocket } from "../support/volunteer-socket.ts";
import { type SpawnedWorker, spawnWorker, volunteersConnected } from "../support/worker.ts";

const language = (name: string): Dialect => {
  const found = dialects.find((dialect) => dialect.name === name);
  assert.ok(found);
  return found;
};
const lua = language("Lua");
const slug = ({ name }: Dialect) => name.toLowerCase().replaceAll(" ", "-");

test("a function in every language lives from its deployment to its removal", {
  timeout: 120_000,
}, async (t) => {
  const desk = await spawnFunctions(t, 2);
  for (const dialect of dialects) {
    await t.test(dialect.name, async () => {
      const path = `/alice/${slug(dialect)}`;
      const { revision } = await desk.deploy(path, dialect.counter(1));
      assert.equal(revision, 1);
      assert.deepEqual(await desk.json(path), { revision: 1, calls: 1 });
      // A WASI command is a program: it begins anew for each request, in a cell that is warm all the same.
      const second = dialect.name.includes("WASI") ? 1 : 2;
      assert.deepEqual(
        await desk.json(path),
        { revision: 1, calls: second },
        "a warm instance keeps its globals",
      );
      const [cold, warm] = (await desk.logs(path)).filter(({ level }) => level === "call");
      assert.deepEqual([cold?.call?.cold, warm?.call?.cold], [true, false]);

      assert.equal((await desk.deploy(path, dialect.counter(2))).revision, 2);
      assert.deepEqual(await desk.json(path), { revision: 2, calls: 1 }, "the new code answers at once");
      const rolledBack = await desk.api.send("PUT", `/api/deploy${path}`, { body: { revision: 1 } });
      assert.partialDeepStrictEqual(rolledBack.json(), { revision: 1 });
      assert.deepEqual(await desk.json(path), { revision: 1, calls: 1 }, "and the old one after a roll-back");

      assert.equal((await desk.api.send("DELETE", `/api/deploy${path}`)).status, 204);
      assertProblem(await desk.api.get(path), 404, "function_not_found");
    });
  }
});

test("what goes wrong in a function is told, and the next call is answered", {
  timeout: 120_000,
}, async (t) => {
  const desk = await spawnFunctions(t, 1);
  for (const dialect of dialects) {
    const path = `/alice/${slug(dialect)}`;
    await t.test(`${dialect.name} fails`, async () => {
      await desk.deploy(path, dialect.throwing);
      const said = dialect.name.startsWith("WebAssembly") ? /unreachable/ : /the guest's own words/;
      assertProblem(await desk.api.get(path), 500, "function_error", said);
      const errors = (await desk.logs(path)).filter(({ level }) => level === "error");
      assert.ok(errors.some(({ text }) => said.test(text)));
    });
    await t.test(`${dialect.name} answers what is no response`, async () => {
      await desk.deploy(path, dialect.shapeless);
      assertProblem(await desk.api.get(path), 502, "bad_function_response");
    });
    await t.test(`${dialect.name} does not end`, async () => {
      await desk.deploy(path, dialect.endless, { timeout_seconds: 0.5 });
      assertProblem(await desk.api.get(path), 504, "function_timeout");
    });
    await t.test(`${dialect.name} prints`, async () => {
      await desk.deploy(path, dialect.printing);
      const answer = await desk.api.get(path);
      assert.deepEqual([answer.status, answer.text.slice(0, 7)], [200, "printed"]);
      const [printed, called] = (await desk.logs(path)).slice(-2);
      assert.partialDeepStrictEqual(printed, {
        level: "info",
        stream: "stdout",
        text: "a word to the log",
        revision: 4,
      });
      assert.partialDeepStrictEqual(called, { level: "call", revision: 4, call: { status: 200, path } });
    });
  }
});

test("nobody there to run a function: 503 and when to try again", async (t) => {
  const desk = await spawnFunctions(t, 0);
  await desk.deploy("/alice/f", lua.counter(1));
  const answer = await desk.api.get("/alice/f");
  assertProblem(answer, 503, "no_volunteer");
  assert.match(String(answer.headers["retry-after"]), /^[1-9]\d*$/);
});

test("values of the environment reach the guest and nobody else", { timeout: 90_000 }, async (t) => {
  const desk = await spawnFunctions(t, 1);
  const value = "a value that nobody else may see";
  for (const dialect of dialects) {
    const path = `/alice/${slug(dialect)}`;
    await desk.deploy(path, dialect.spy, { env: { SECRET: value } });
    const { env } = (await desk.json(path)) as { env: unknown };
    // Modules only count their variables.
    assert.equal(env, dialect.name.startsWith("WebAssembly") ? 1 : value, dialect.name);
    const views = [
      await desk.api.get(`/api/deploy${path}`),
      await desk.api.get("/api/deploy"),
      await desk.api.get(`/api/logs${path}`),
      await desk.api.send("PUT", `/api/deploy${path}`, { body: { revision: 1 } }),
    ];
    for (const view of views) {
      assert.equal(view.status, 200);
      assert.ok(!view.text.includes(value), dialect.name);
    }
    assert.partialDeepStrictEqual(views[0]?.json(), { env_names: ["SECRET"] });
  }
});

/** Says that it has begun, and waits until it is told to go on. */
const patient = {
  runtime: "lua",
  code: `function handle(req)
    db.increment("begun")
    while not db.get("go") do end
    return {body = "done"}
  end`,
} as const;

test("a call whose worker is killed runs elsewhere when its method is safe, else it is a 502", {
  timeout: 120_000,
}, async (t) => {
  const desk = await spawnFunctions(t, 0);
  await desk.deploy("/alice/patient", patient, { timeout_seconds: 60 });
  const first = await join(t, desk, 1);
  const got = desk.api.get("/alice/patient");
  await begun(desk, 1);
  const second = await join(t, desk, 2);
  await end(first);
  await begun(desk, 2);
  await desk.api.send("PUT", "/api/db/alice/go", { body: { value: true } });
  assert.deepEqual(
    [(await got).status, (await got).text],
    [200, "done"],
    "the GET ran again on the second worker",
  );

  await desk.api.send("DELETE", "/api/db/alice/go");
  const posted = desk.api.post("/alice/patient", {});
  await begun(desk, 3);
  await join(t, desk, 2);
  await end(second);
  assertProblem(await posted, 502, "function_lost");
  const { value } = (await desk.api.get("/api/db/alice/begun")).json() as { value: number };
  assert.equal(value, 3, "the POST was not tried again");
});

test("a worker that is stopped in peace costs no call, safe or not", { timeout: 90_000 }, async (t) => {
  const desk = await spawnFunctions(t, 0);
  const workers = [await join(t, desk, 1), await join(t, desk, 2)];
  await desk.deploy("/alice/f", lua.counter(1));
  const statuses: number[] = [];
  let running = true;
  const load = ["GET", "POST", "POST", "GET"].map(async (method) => {
    while (running) statuses.push((await desk.api.send(method, "/alice/f")).status);
  });
  const answered = async (count: number) => eventually(async () => statuses.length >= count);
  await answered(50);
  for (const [at, worker] of workers.entries()) {
    worker.process.kill("SIGTERM");
    assert.equal(await worker.ended, 0);
    await answered(statuses.length + 50);
    // Another takes its place before the next one goes.
    if (at === 0) await join(t, desk, 2);
    await answered(statuses.length + 50);
  }
  running = false;
  await Promise.all(load);
  assert.deepEqual(
    statuses.filter((status) => status !== 200),
    [],
  );
});

async function join(t: TestContext, desk: RealFunctions, total: number): Promise<SpawnedWorker> {
  const worker = spawnWorker(t, desk.volunteerUrl, ["--slots", "1"]);
  await volunteersConnected(desk.api, total);
  return worker;
}

async function end(worker: SpawnedWorker): Promise<void> {
  worker.process.kill("SIGKILL");
  await worker.ended;
}

async function begun(desk: RealFunctions, times: number): Promise<void> {
  await eventually(async () => {
    const { value } = (await desk.api.get("/api/db/alice/begun")).json() as { value?: number };
    return value === times;
  });
}

test("placement decides who may run a function", { timeout: 90_000 }, async (t) => {
  const desk = await spawnFunctions(t, 0);
  for (const placement of ["any", "trusted", "internal"]) {
    await desk.deploy(`/alice/${placement}`, lua.counter(1), { placement });
  }
  const statuses = async () => {
    const answers = ["any", "trusted", "internal"].map((placement) => desk.api.get(`/alice/${placement}`));
    return (await Promise.all(answers)).map(({ status }) => status);
  };
  assert.deepEqual(await statuses(), [503, 503, 503], "nobody is there");

  const browser = await VolunteerSocket.open(desk.volunteerUrl);
  atEnd(t, () => browser[Symbol.asyncDispose]());
  browser.send({ type: "ready", capabilities: { lua: true }, lanes: true, isolation: "browser" });
  await browser.nextOf("ack");
  const anywhere = desk.api.get("/alice/any");
  const { job_id, lease } = await browser.nextOf("invoke");
  browser.send({ type: "response", job_id, lease, response_json: '{"body": "from a browser"}' });
  assert.equal((await anywhere).text, "from a browser");
  assert.equal((await desk.api.get("/alice/trusted")).status, 503, "a browser is not trusted");
  browser.webSocket.terminate();
  await volunteersConnected(desk.api, 0);

  await join(t, desk, 1);
  assert.deepEqual(await statuses(), [200, 200, 503], "a worker elsewhere is not internal");

  const own = await spawnFunctions(t, 1);
  await own.deploy("/alice/internal", lua.counter(1), { placement: "internal" });
  assert.deepEqual(await own.json("/alice/internal"), { revision: 1, calls: 1 });
});
