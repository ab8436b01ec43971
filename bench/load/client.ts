/**
 * A load generator that costs little CPU, since on two cores it takes from what it measures: sockets kept alive, one
 * request in flight on each, the same bytes every time, and only the status and length of an answer read.
 * Run as a process of its own: `node bench/load/client.ts '{"port":8000,...}'` prints one line of JSON.
 */
import { connect } from "node:net";
import type { LoadOptions, LoadResult } from "./load.ts";

const options: LoadOptions = JSON.parse(process.argv[2] ?? "{}");
const variants = options.variants ?? 1;
const body = Buffer.from(options.body);
const bodyHead =
  body.length === 0 ? "" : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
const requests = Array.from({ length: variants }, (_, variant) => {
  const path = options.path.replace("*", `${variant}`);
  const head = `${options.method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${options.port}\r\n${bodyHead}\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
});
const statuses: Record<string, number> = {};
const latenciesMs: number[] = [];
const headEnd = Buffer.from("\r\n\r\n");

let begun = 0;
let open = options.connections;
const startedAt = performance.now();
const stopAt = options.seconds === undefined ? Number.POSITIVE_INFINITY : startedAt + options.seconds * 1000;
const countMax = options.count ?? Number.POSITIVE_INFINITY;

/** The length of the first whole answer in `bytes`, which is counted; 0 when it has not all come yet. */
function takeAnswer(bytes: Buffer): number {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return 0;
  const head = bytes.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`An answer without a Content-Length:\n${head}`);
  const total = end + headEnd.length + Number(length);
  if (bytes.length < total) return 0;
  const status = head.slice(9, 12);
  statuses[status] = (statuses[status] ?? 0) + 1;
  return total;
}

function run(): void {
  const socket = connect({ port: options.port, host: "127.0.0.1", noDelay: true });
  let pending: Buffer = Buffer.alloc(0);
  let sentAt = 0;
  const next = () => {
    sentAt = performance.now();
    if (begun >= countMax || sentAt >= stopAt) {
      socket.end();
      return;
    }
    socket.write(requests[begun % variants] ?? "");
    begun += 1;
  };
  socket.once("connect", next);
  socket.on("data", (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const length = takeAnswer(pending);
    if (length === 0) return;
    pending = pending.subarray(length);
    latenciesMs.push(performance.now() - sentAt);
    next();
  });
  socket.on("error", (error) => {
    throw new Error("A connection of the load generator broke.", { cause: error });
  });
  socket.once("close", () => {
    open -= 1;
    if (open === 0) report();
  });
}

function report(): void {
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) =>
    latenciesMs[Math.min(latenciesMs.length - 1, Math.floor(latenciesMs.length * share))];
  const result: LoadResult = {
    statuses,
    answered: latenciesMs.length,
    startedAtMs: performance.timeOrigin + startedAt,
    seconds: (performance.now() - startedAt) / 1000,
    p50Ms: at(0.5) ?? Number.NaN,
    p99Ms: at(0.99) ?? Number.NaN,
  };
  console.log(JSON.stringify(result));
}

for (let index = 0; index < options.connections; index += 1) run();
