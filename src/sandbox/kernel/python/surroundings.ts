import type { HostAnswer } from "../../../protocol/host-calls.ts";
import type { OutputStream } from "../../../protocol/output.ts";
import { Descriptors, openFlag } from "./descriptors.ts";
import type { FileContents } from "./file-contents.ts";
import { FileTree } from "./file-tree.ts";
import { HostDevice } from "./host-device.ts";
import type { Surroundings } from "./interpreter.ts";
import type { Device } from "./tree-node.ts";

/** Files, directories and links that one task may have; a bound on what they cost the kernel beside their contents. */
const nodesMax = 50_000;
const randomBytesMax = 65536;
const homePath = "/home/guest";
/** Where the interpreter looks for its library, by its own rules (`getpath.py`). */
const stdlibPath = "/lib/python314.zip";

const nothing: Device = { read: () => 0, write: () => {} };
const zeros: Device = {
  read: (into) => {
    into.fill(0);
    return into.length;
  },
  write: () => {},
};
const entropy: Device = {
  read: (into) => {
    for (let at = 0; at < into.length; at += randomBytesMax) {
      crypto.getRandomValues(into.subarray(at, at + randomBytesMax));
    }
    return into.length;
  },
  write: () => {},
};

/** What an interpreter can say and ask. */
export interface PythonHost {
  write(stream: OutputStream, bytes: Uint8Array<ArrayBuffer>): void;
  /** @returns a `HostAnswer` as JSON text */
  ask(op: string, argsJson: string): string;
}

/** For an interpreter that runs nobody's code. */
export function askNobody(): string {
  const answer: HostAnswer = { ok: false, code: "internal", error: "Nobody is there to be asked." };
  return JSON.stringify(answer);
}

/**
 * Builds what a task has around it: the installation (sealed), empty `/tmp` and home directories that it may write,
 * and its standard streams. Nothing of it is used twice.
 */
export function makeSurroundings(
  options: PythonHost & {
    stdlib: FileContents;
    /** For the contents of files the task writes, which are held in memory. */
    fileBytesMax: number;
    memoryBytesMax: number;
  },
): Surroundings {
  const tree = new FileTree({ bytesMax: options.fileBytesMax, nodesMax });
  const output = (stream: OutputStream): Device => ({
    read: () => 0,
    write: (bytes) => options.write(stream, bytes),
  });
  tree.install("/dev/null", { device: nothing });
  tree.install("/dev/zero", { device: zeros });
  tree.install("/dev/random", { device: entropy });
  tree.install("/dev/urandom", { device: entropy });
  tree.install("/dev/stdin", { device: nothing });
  tree.install("/dev/stdout", { device: output("stdout") });
  tree.install("/dev/stderr", { device: output("stderr") });
  tree.install("/dev/host", { device: new HostDevice((op, argsJson) => options.ask(op, argsJson)) });
  tree.install(stdlibPath, { contents: options.stdlib });
  tree.install("/lib/python3.14/lib-dynload", { directory: "sealed" });
  tree.install("/lib/python3.14/site-packages", { directory: "sealed" });
  tree.install(homePath, { directory: "writable" });
  tree.install("/tmp", { directory: "writable" });
  const descriptors = new Descriptors(tree, homePath);
  descriptors.open(-100, "/dev/stdin", 0, 0);
  descriptors.open(-100, "/dev/stdout", openFlag.writeOnly, 0);
  descriptors.open(-100, "/dev/stderr", openFlag.writeOnly, 0);
  return { descriptors, memoryBytesMax: options.memoryBytesMax, memoryRefusals: 0 };
}
