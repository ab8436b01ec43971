import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeDirectory, root, startOrchestrator, temporaryDirectory } from "../../scripts/program.ts";
import { type Bench, quantile } from "../measurement.ts";

const launcher = join(root, "bin/zerverless");
const runsPerRound = 7;
const call = promisify(execFile);

/** A small function in two files, so that it has to be bundled. */
const sources = {
  "noop.lua": "return 1\n",
  "greet.ts": 'export const greet = (name: string): string => "Hello, " + name;\n',
  "index.ts":
    'import { greet } from "./greet.ts";\nexport default { fetch: (request: Request) => new Response(greet(request.url)) };\n',
};

/** What the command line costs as a process, from its start to its end. */
export const cli: Bench = async function* ({ rounds }) {
  await using orchestrator = await startOrchestrator({ workers: 2 });
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(await temporaryDirectory("cli"), removeDirectory);
  for (const [name, content] of Object.entries(sources)) await writeFile(join(folder, name), content);

  const medianOf = async (...words: string[]): Promise<number> => {
    const values: number[] = [];
    const command = [...words, "--url", orchestrator.url];
    // The first one compiles, and has a cell made.
    await call(launcher, command, { cwd: folder });
    for (let index = 0; index < rounds * runsPerRound; index += 1) {
      const since = performance.now();
      await call(launcher, command, { cwd: folder });
      values.push(performance.now() - since);
    }
    return quantile(values);
  };

  const version = await medianOf("--version");
  const run = await medianOf("run", "noop.lua");
  yield {
    name: "zerverless run of a no-op, as a process",
    unit: "ms",
    measured: run,
    goal: { atMost: 250 },
    baseline: { name: "zerverless --version", value: version },
  };
  const deployed = await medianOf("deploy", "index.ts", "--to", "bench/cli");
  yield {
    name: "zerverless deploy of a small bundled TypeScript function",
    unit: "ms",
    measured: deployed,
    goal: { atMost: 1000 },
  };
};
