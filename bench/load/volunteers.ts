/** Many volunteers that connect and then do nothing, in one process: `node bench/load/volunteers.ts PORT COUNT`. */
import { WebSocket } from "ws";

const [port, count] = process.argv.slice(2).map(Number);
if (port === undefined || count === undefined)
  throw new Error("usage: node bench/load/volunteers.ts PORT COUNT");

const connectingMax = 50;
const ready = JSON.stringify({ type: "ready", capabilities: { js: true, lua: true, max_memory_mb: 512 } });

let begun = 0;

function connectNext(): void {
  if (begun === count) return;
  begun += 1;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/volunteer`, { perMessageDeflate: false });
  socket.once("open", () => socket.send(ready));
  socket.once("message", connectNext);
  socket.on("error", (error) => {
    throw error;
  });
  socket.once("close", (code, reason) => {
    throw new Error(`The orchestrator closed a connection: ${code} ${reason}`);
  });
}

for (let index = 0; index < connectingMax; index += 1) connectNext();
