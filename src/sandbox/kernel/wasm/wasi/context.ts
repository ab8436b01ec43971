import type { OutputStream } from "../../../../protocol/output.ts";
import type { GuestMemory } from "../guest-memory.ts";
import { Descriptors } from "./descriptors.ts";
import { type FileNode, FileSystem } from "./files.ts";

/** What a WASI program is started with. */
export interface WasiSetup {
  args: string[];
  env: Record<string, string>;
  stdin: Uint8Array;
  files: Map<string, Uint8Array>;
  /** All files of the program together. */
  fileBytesMax: number;
}

/** What a run lends to its program. */
export interface WasiHost {
  memory: GuestMemory;
  write(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): void;
  /** Blocks the thread for so many milliseconds. */
  sleep(ms: number): void;
  /** Unwinds the program. */
  exit(code: number): never;
}

const fileNodesMax = 10_000;

/** Nanoseconds. */
export const clocks = {
  realtime: (): bigint => nanoseconds(performance.timeOrigin + performance.now()),
  monotonic: (): bigint => nanoseconds(performance.now()),
} as const;

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

/** The state of one run of one program: what the system calls work on. */
export class WasiContext {
  readonly memory: GuestMemory;
  readonly args: Uint8Array[];
  readonly env: Uint8Array[];
  readonly files: FileSystem;
  readonly descriptors: Descriptors;
  readonly host: WasiHost;
  readonly startedAt = clocks.monotonic();

  constructor(setup: WasiSetup, host: WasiHost) {
    const encoder = new TextEncoder();
    this.memory = host.memory;
    this.host = host;
    this.args = setup.args.map((arg) => encoder.encode(`${arg}\0`));
    this.env = Object.entries(setup.env).map(([name, value]) => encoder.encode(`${name}=${value}\0`));
    this.files = new FileSystem({ bytesMax: setup.fileBytesMax, nodesMax: fileNodesMax }, clocks.realtime);
    for (const [path, bytes] of setup.files) this.files.place(path, bytes);
    this.descriptors = new Descriptors(
      [
        { kind: "input", bytes: setup.stdin, at: 0 },
        { kind: "output", stream: "stdout" },
        { kind: "output", stream: "stderr" },
        { kind: "directory", directory: this.files.root, preopenedAs: "/", listing: [] },
      ],
      (closed) => {
        if (closed.kind !== "file") return;
        closed.file.opens--;
        this.files.release(closed.file);
      },
    );
  }

  path(at: number, length: number): string {
    return FileSystem.decodePath(this.memory.bytes(at, length));
  }

  /** Opens a file and counts that it is open. */
  openFile(file: FileNode, access: { readable: boolean; writable: boolean; append: boolean }): number {
    const fd = this.descriptors.open({ kind: "file", file, at: 0, ...access });
    file.opens++;
    return fd;
  }
}
