import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  freePort,
  Program,
  removeDirectory,
  startOrchestrator,
  temporaryDirectory,
} from "../../scripts/program.ts";
import { download, upload } from "../load/bulk.ts";
import { sendLoad } from "../load/load.ts";
import { requestRate } from "../load/rate.ts";
import { type Bench, quantile } from "../measurement.ts";

const connections = 64;
const largeBytes = 1024 ** 3;
const value = '{"value":{"name":"Alice","count":42}}';

/** Reads and durable writes of one namespace's database. */
export const database: Bench = async function* (options) {
  await using orchestrator = await startOrchestrator({ workers: 0 });
  const { port } = orchestrator;
  const load = { port, path: "/api/db/bench/key-*", variants: 10_000, connections };
  const put = { ...load, method: "PUT", body: value, accept: [201, 200] } as const;
  const puts = await requestRate(put, options);
  // Every key that is read is there.
  await sendLoad("node", { ...put, count: load.variants });
  const gets = await requestRate({ ...load, method: "GET", body: "", accept: [200] }, options);
  yield {
    name: "database get, 64 connections",
    unit: "requests/s",
    measured: gets,
    goal: { atLeast: 15_000 },
  };
  yield { name: "durable put, 64 connections", unit: "requests/s", measured: puts, goal: { atLeast: 5000 } };
};

/** Small files, and one that is much larger than the memory it may take. */
export const files: Bench = async function* (options) {
  await using stack = new AsyncDisposableStack();
  const directory = stack.adopt(await temporaryDirectory("files"), removeDirectory);
  const { port, url, program } = stack.use(await startOrchestrator({ workers: 0 }));
  const small = { body: Buffer.alloc(10 * 1024, "x"), method: "PUT" };
  await fetch(`${url}/api/storage/bench/small.bin`, small);
  const before = await peakMegabytes(program.pid);
  const large = { port, path: "/api/storage/bench/large", bytes: largeBytes };
  const up = await upload(large);

  const barePort = await freePort();
  const file = join(directory, "large");
  await writeFile(file, "");
  await truncate(file, largeBytes);
  const bare = stack.use(
    new Program(process.execPath, [join(import.meta.dirname, "../bare-files.ts"), `${barePort}`, file]),
  );
  await bare.until("it answered", () => fetch(`http://127.0.0.1:${barePort}/`).catch(() => undefined));
  const [down, bareDown]: [number[], number[]] = [[], []];
  // In turns, so that what else the machine does meets both alike.
  for (let round = 0; round < options.rounds; round += 1) {
    down.push(await download({ port, path: "/static/bench/large", bytes: largeBytes }));
    bareDown.push(await download({ port: barePort, path: "/large", bytes: largeBytes }));
  }
  const grown = (await peakMegabytes(program.pid)) - before;
  const get = { variants: 1, connections, method: "GET", body: "", accept: [200] } as const;
  const served = await requestRate({ ...get, port, path: "/static/bench/small.bin" }, options);
  const bareServed = await requestRate({ ...get, port: barePort, path: "/" }, options);
  yield {
    name: "static file of 10 KB, 64 connections",
    unit: "requests/s",
    measured: served,
    goal: { atLeast: 10_000 },
    baseline: { name: "bare node:http, from memory", value: bareServed },
  };
  yield {
    name: "download of 1 GiB",
    unit: "MB/s",
    measured: quantile(down),
    goal: { atLeast: 1000 },
    baseline: { name: "bare node:http and a read stream", value: quantile(bareDown) },
  };
  yield { name: "upload of 1 GiB, durable", unit: "MB/s", measured: up };
  yield { name: "memory that both take at most", unit: "MB", measured: grown, goal: { atMost: 150 } };
};

async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`Linux does not say how much memory process ${pid} took.`);
  return (Number(kilobytes) * 1024) / 1e6;
}
