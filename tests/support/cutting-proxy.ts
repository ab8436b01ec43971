import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { atEnd } from "./at-end.ts";

export interface CuttingProxy {
  readonly url: URL;
  /** Breaks off every connection that stands. */
  cut(): void;
}

/** Passes TCP on to an orchestrator, and breaks it off when told to. */
export async function cuttingProxy(t: TestContext, target: URL): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(Number(target.port), target.hostname);
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on("error", () => undefined);
      end.on("close", () => {
        sockets.delete(end);
        socket.destroy();
        onward.destroy();
      });
    }
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  atEnd(t, async () => {
    cut();
    server.close();
    await once(server, "close");
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");
  return { url: new URL(`http://127.0.0.1:${address.port}`), cut };
}
