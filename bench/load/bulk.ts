import { once } from "node:events";
import { connect, type Socket } from "node:net";

const pieceBytes = 1024 * 1024;

export interface Transfer {
  readonly port: number;
  readonly path: string;
  readonly bytes: number;
}

/** Sends so many bytes as the body of a PUT; how many megabytes of them were taken in a second. */
export async function upload({ port, path, bytes }: Transfer): Promise<number> {
  const startedAt = performance.now();
  const socket = await open(port);
  const answered = once(socket, "data");
  socket.write(
    `PUT ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`,
  );
  const piece = Buffer.alloc(pieceBytes);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    if (!socket.write(piece.subarray(0, bytes - sent))) await once(socket, "drain");
  }
  const [answer] = await answered;
  socket.destroy();
  expect(String(answer), 201);
  return rate(bytes, startedAt);
}

/** Reads a body into the same memory over and over; how many megabytes of it came in a second. */
export async function download({ port, path, bytes }: Transfer): Promise<number> {
  const startedAt = performance.now();
  let received = 0;
  let head = "";
  const buffer = Buffer.alloc(pieceBytes);
  const socket = connect({
    port,
    host: "127.0.0.1",
    onread: {
      buffer,
      callback: (length) => {
        if (head === "") head = buffer.toString("latin1", 0, Math.min(length, 100));
        received += length;
        return true;
      },
    },
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
  await once(socket, "close");
  expect(head, 200);
  if (received < bytes) throw new Error(`Only ${received} of ${bytes} bytes came.`);
  return rate(bytes, startedAt);
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1" });
  await once(socket, "connect");
  return socket;
}

function expect(answer: string, status: number): void {
  if (!answer.startsWith(`HTTP/1.1 ${status} `)) throw new Error(`Not ${status}: ${answer.slice(0, 200)}`);
}

function rate(bytes: number, startedAt: number): number {
  return bytes / 1e6 / ((performance.now() - startedAt) / 1000);
}
