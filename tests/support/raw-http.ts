import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * Sends bytes that no HTTP client would, and reads all that comes back until the connection ends.
 * @param then `end` says that nothing more is sent, `wait` leaves the connection open
 */
export async function exchange(url: URL, bytes: string, then: "end" | "wait" = "wait"): Promise<string> {
  const socket = await openSocket(url);
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    received += chunk;
  });
  // A server may hang up while we still write.
  socket.on("error", () => {});
  const closed = once(socket, "close");
  if (then === "end") socket.end(bytes);
  else socket.write(bytes);
  await closed;
  return received;
}

export async function openSocket(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, "connect");
  return socket;
}
