/** Many connections as open tabs hold them, which live and are given nothing to do: `node bench/load/tabs.ts PORT COUNT`. */
import { WebSocket } from "ws";

const [port, count] = process.argv.slice(2).map(Number);
if (port === undefined || count === undefined) throw new Error("usage: node bench/load/tabs.ts PORT COUNT");

const heartbeatMs = 1000;
const ready = JSON.stringify({
  type: "ready",
  capabilities: { js: true, lua: true, wasm: true, python: true, max_memory_mb: 512 },
  slots: 2,
  lanes: true,
  isolation: "browser",
  agent: "zerverless-tab",
  // Nobody's: none of the jobs that are measured comes here.
  namespaces: ["nobody"],
});
const heartbeat = JSON.stringify({ type: "heartbeat" });

for (let index = 0; index < count; index += 1) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/volunteer`, { perMessageDeflate: false });
  socket.once("open", () => {
    socket.send(ready);
    setInterval(() => socket.send(heartbeat), heartbeatMs);
  });
  socket.once("close", (code, reason) => {
    throw new Error(`The orchestrator closed a connection: ${code} ${reason}`);
  });
}
