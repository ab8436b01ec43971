/**
 * The least that a file server could do: bare node:http with 10 KiB that it holds, and a file that it streams.
 * Run as a process: `node bench/bare-files.ts PORT FILE`.
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { pipeline } from "node:stream";

const [port, file] = process.argv.slice(2);
if (port === undefined || file === undefined) throw new Error("usage: node bench/bare-files.ts PORT FILE");

const small = Buffer.alloc(10 * 1024, "x");

createServer((request, response) => {
  if (request.url !== "/large") {
    response.writeHead(200, { "content-length": small.length });
    response.end(small);
    return;
  }
  response.writeHead(200, { "content-length": statSync(file).size });
  pipeline(createReadStream(file), response, () => {});
}).listen(Number(port), "127.0.0.1");
