/** `make bench`: measures, prints a table, writes bench/results/latest.json. Figures are to be read, not asserted. */
import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { arch, cpus, platform, release } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../scripts/program.ts";
import { availableGenerator } from "./load/load.ts";
import { type Bench, isMet, type Measurement, ratioOf } from "./measurement.ts";
import { cli } from "./measures/cli.ts";
import { compute } from "./measures/compute.ts";
import { firstJob } from "./measures/first-job.ts";
import { coldFunctions, functions } from "./measures/functions.ts";
import { latency } from "./measures/latency.ts";
import { memory } from "./measures/memory.ts";
import { database, files } from "./measures/namespaces.ts";
import { tab, tabCompute } from "./measures/tab.ts";
import { throughput, throughputRemote } from "./measures/throughput.ts";
import { tableOf } from "./table.ts";

const benches: Readonly<Record<string, Bench>> = {
  throughput,
  "throughput-remote": throughputRemote,
  latency,
  "first-job": firstJob,
  compute,
  memory,
  functions,
  "cold-functions": coldFunctions,
  database,
  files,
  cli,
  tab,
  "tab-compute": tabCompute,
};
const usage = `usage: make bench ARGS="[--only NAME[,NAME…]] [--seconds S] [--rounds N] [--generator wrk|node]"
names: ${Object.keys(benches).join(", ")}`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: Object.keys(benches).join(",") },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    generator: { type: "string", default: await availableGenerator() },
    help: { type: "boolean", default: false },
  },
});
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
const chosen = values.only.split(",").map((name) => [name, benches[name]] as const);
const { generator } = values;
if (
  values.help ||
  !(seconds > 0 && Number.isInteger(rounds) && rounds > 0) ||
  chosen.some(([, bench]) => bench === undefined) ||
  (generator !== "wrk" && generator !== "node")
) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}

const measurements: Measurement[] = [];
const failures: string[] = [];
for (const [name, bench] of chosen) {
  process.stderr.write(`${name} …\n`);
  try {
    for await (const measurement of bench?.({ seconds, rounds, generator }) ?? []) {
      measurements.push(measurement);
    }
  } catch (error) {
    failures.push(name);
    // A program that ended by itself says why in the error of its disposal.
    console.error(error instanceof SuppressedError ? [error.error, error.suppressed] : error);
  }
}

const processor = `${cpus()[0]?.model ?? "unknown"} × ${cpus().length}`;
console.log(`\n${tableOf(measurements)}\n`);
console.log(`${processor}; Node ${process.version}; load by ${generator}, ${seconds} s, ${rounds} rounds`);

const results = join(root, "bench/results");
await mkdir(results, { recursive: true });
const report = {
  at: new Date().toISOString(),
  commit: execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim(),
  machine: { processor, platform: `${platform()} ${release()} ${arch()}`, node: process.version },
  options: { seconds, rounds, generator },
  measurements: measurements.map((measurement) => ({
    ...measurement,
    ratio: ratioOf(measurement),
    met: isMet(measurement),
  })),
};
await writeFile(join(results, "latest.json"), `${JSON.stringify(report, null, 2)}\n`);
if (failures.length > 0) {
  console.error(`Could not be measured: ${failures.join(", ")}`);
  process.exitCode = 1;
}
