/** The least that could answer a hello: bare node:http. Run as a process: `node bench/bare-hello.ts PORT`. */
import { createServer } from "node:http";

const [port] = process.argv.slice(2);
if (port === undefined) throw new Error("usage: node bench/bare-hello.ts PORT");

createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/plain", "content-length": 5 });
  response.end("hello");
}).listen(Number(port), "127.0.0.1");
