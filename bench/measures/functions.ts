import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  freePort,
  type Orchestrator,
  Program,
  removeDirectory,
  startOrchestrator,
  temporaryDirectory,
} from "../../scripts/program.ts";
import { sendLoad } from "../load/load.ts";
import { requestRate } from "../load/rate.ts";
import { type Bench, quantile } from "../measurement.ts";

const hello = {
  js: 'function handle(req) { return { status: 200, headers: { "content-type": "text/plain" }, body: "hello" }; }',
  lua: 'function handle(req) return { status = 200, headers = { ["content-type"] = "text/plain" }, body = "hello" } end',
  python:
    'def handle(req):\n    return {"status": 200, "headers": {"content-type": "text/plain"}, "body": "hello"}\n',
} as const;
const reading = 'function handle(req) { return { status: 200, body: JSON.stringify(db.get("key")) }; }';

const get = { method: "GET", body: "", accept: [200] } as const;
const manyConnections = 64;
const coldCalls = { js: 15, python: 6 } as const;
/** By then a spare cell stands ready again. */
const spareMs = { js: 500, python: 2500 } as const;

async function deploy({ url }: Orchestrator, path: string, runtime: string, code: string): Promise<void> {
  const response = await fetch(`${url}/api/deploy/bench/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ runtime, code }),
  });
  if (response.status !== 201) throw new Error(`Status ${response.status}: ${await response.text()}`);
}

/** A workerd that answers the same hello; it comes with a package of its own. */
async function startWorkerd(directory: string, port: number): Promise<Program> {
  const require = createRequire(import.meta.url);
  const binary = require.resolve(
    `@cloudflare/workerd-${process.platform}-${process.arch === "x64" ? "64" : "arm64"}/bin/workerd`,
  );
  const config = join(directory, "hello.capnp");
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [ (name = "main", worker = .hello) ],
  sockets = [ (name = "http", address = "127.0.0.1:${port}", http = (), service = "main") ]
);
const hello :Workerd.Worker = (
  serviceWorkerScript = "addEventListener('fetch', (event) => { event.respondWith(new Response('hello')); });",
  compatibilityDate = "2024-01-01",
);
`,
  );
  return new Program(binary, ["serve", config]);
}

/** Functions that are warm, beside the least that could answer, and beside another platform's engine. */
export const functions: Bench = async function* (options) {
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(await temporaryDirectory("functions"), removeDirectory);
  const [barePort, workerdPort] = [await freePort(), await freePort()];
  const bareProgram = stack.use(
    new Program(process.execPath, [join(import.meta.dirname, "../bare-hello.ts"), `${barePort}`]),
  );
  const workerdProgram = stack.use(await startWorkerd(directory, workerdPort));
  const orchestrator = stack.use(await startOrchestrator({ workers: 1 }));
  const { port } = orchestrator;
  const answers = (at: number) => () => fetch(`http://127.0.0.1:${at}/`).catch(() => undefined);
  await bareProgram.until("it answered", answers(barePort));
  await workerdProgram.until("it answered", answers(workerdPort));

  const load = { ...get, connections: manyConnections };
  const bare = await requestRate({ ...load, port: barePort, path: "/" }, options);
  const workerd = await requestRate({ ...load, port: workerdPort, path: "/" }, options);
  const rates: Partial<Record<keyof typeof hello, number>> = {};
  for (const language of ["js", "lua", "python"] as const) {
    await deploy(orchestrator, language, language, hello[language]);
    await sendLoad("node", { ...get, port, path: `/bench/${language}`, connections: 1, count: 20 });
    rates[language] = await requestRate({ ...load, port, path: `/bench/${language}` }, options);
  }
  const { js = 0, lua = 0, python = 0 } = rates;
  const bareHello = { name: "bare node:http", value: bare };
  yield {
    name: "warm JS hello, 64 connections, 1 slot",
    unit: "requests/s",
    measured: js,
    baseline: bareHello,
    ratioGoal: { atLeast: 0.5 },
  };
  yield {
    name: "same, against workerd",
    unit: "requests/s",
    measured: js,
    baseline: { name: "workerd", value: workerd },
    ratioGoal: { atLeast: 1.5 },
  };
  yield {
    name: "warm Lua hello, 64 connections, 1 slot",
    unit: "requests/s",
    measured: lua,
    baseline: bareHello,
    ratioGoal: { atLeast: 0.4 },
  };
  yield {
    name: "warm Python hello, 64 connections, 1 slot",
    unit: "requests/s",
    measured: python,
    goal: { atLeast: 2000 },
  };

  const single = { ...get, port, connections: 1, count: 2000 };
  await deploy(orchestrator, "reading", "js", reading);
  await fetch(`${orchestrator.url}/api/db/bench/key`, {
    method: "PUT",
    headers: { "Content-Type": "application/json" },
    body: '{"value":{"n":1}}',
  });
  await sendLoad("node", { ...single, path: "/bench/js", count: 300 });
  const one = await sendLoad("node", { ...single, path: "/bench/js" });
  yield {
    name: "warm JS hello, one at a time, p50 of 2,000",
    unit: "ms",
    measured: one.p50Ms,
    goal: { atMost: 0.6 },
  };
  await sendLoad("node", { ...single, path: "/bench/reading", count: 300 });
  const read = await sendLoad("node", { ...single, path: "/bench/reading" });
  yield {
    name: "what db.get adds to it, p50",
    unit: "ms",
    measured: read.p50Ms - one.p50Ms,
    goal: { atMost: 0.5 },
  };
};

/** The first call of a function that no slot has loaded, with a spare cell ready. */
export const coldFunctions: Bench = async function* () {
  await using orchestrator = await startOrchestrator({ workers: 1 });
  for (const [language, goalMs] of [
    ["js", 15],
    ["python", 400],
  ] as const) {
    // The first Python call of all is what makes the worker keep a spare.
    await deploy(orchestrator, `${language}/first`, language, hello[language]);
    await fetch(`${orchestrator.url}/bench/${language}/first`);
    const times: number[] = [];
    for (let call = 0; call < coldCalls[language]; call += 1) {
      await deploy(orchestrator, `${language}/${call}`, language, hello[language]);
      await delay(spareMs[language]);
      const startedAt = performance.now();
      const response = await fetch(`${orchestrator.url}/bench/${language}/${call}`);
      if ((await response.text()) !== "hello") throw new Error(`Status ${response.status}`);
      times.push(performance.now() - startedAt);
    }
    const name =
      language === "js" ? "cold JS function, spare cell there" : "cold Python function, spare cell there";
    yield {
      name: `${name}, p50 of ${times.length}`,
      unit: "ms",
      measured: quantile(times),
      goal: { atMost: goalMs },
    };
  }
};
