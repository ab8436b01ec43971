import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** Sends bytes that no HTTP client would, and reads all that comes back until the connection ends. */
export async function exchange(url: URL, bytes: string): Promise<string> {
  const socket = await openSocket(url);
  const answer = text(socket);
  socket.write(bytes);
  return answer;
}

export async function openSocket(url: URL): Promise<Socket> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, "connect");
  return socket;
}
