import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { atEnd } from "./at-end.ts";
import type { SpawnedOrchestrator } from "./spawn.ts";

/** Every address of 127.0.0.0/8 is this machine: so somebody else can come from another one. */
const elsewhere = "127.0.0.2";
/** Others are served when they get their answers by then, on a machine that is busy with the attack too. */
const servedMsMax = 5000;

/** A sentence when a tool is not installed; false when it is. */
export function missing(tool: string): string | false {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0 ? false : `${tool} is not installed here`;
}

/** Memory that a process holds. */
export function residentBytes({ process: { pid } }: SpawnedOrchestrator): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** A client that has nothing to do with the attack and comes from elsewhere. */
export async function get(url: URL, path: string): Promise<number> {
  const sent = request(new URL(path, url), {
    localAddress: elsewhere,
    agent: false,
    signal: AbortSignal.timeout(servedMsMax),
  });
  sent.end();
  const [response] = await once(sent, "response");
  await text(response);
  return response.statusCode;
}

/** Runs an attack to its end while somebody else goes on being served. @returns how often that was */
export async function serveDuring(
  orchestrator: SpawnedOrchestrator,
  attack: Promise<unknown>,
): Promise<number> {
  let over = false;
  void attack.finally(() => {
    over = true;
  });
  let served = 0;
  do {
    assert.equal(await get(orchestrator.url, "/stats"), 200);
    served++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  } while (!over);
  await attack;
  return served;
}

/** Runs a tool to its end. @returns what it said */
export async function run(tool: string, args: readonly string[]): Promise<string> {
  const child = spawn(tool, args, { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return stdout + stderr;
}

/** A connection that a test holds in its hand; what comes is kept only when it is read. */
export class Held {
  readonly socket: Socket;
  received = "";
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    // A server that hangs up on us is what is tested.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  static async open(t: TestContext, url: URL, from = "127.0.0.1"): Promise<Held> {
    const socket = connect({ port: Number(url.port), host: url.hostname, localAddress: from });
    const held = new Held(socket);
    atEnd(t, () => void socket.destroy());
    await Promise.race([once(socket, "connect"), once(socket, "close")]);
    return held;
  }

  static many(t: TestContext, url: URL, count: number, from?: string): Promise<Held[]> {
    return Promise.all(Array.from({ length: count }, () => Held.open(t, url, from)));
  }

  read(): this {
    this.socket.setEncoding("latin1").on("data", (chunk) => {
      this.received += chunk;
    });
    return this;
  }
}
