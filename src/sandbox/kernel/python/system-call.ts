import type { Descriptors } from "./descriptors.ts";
import { Errno } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { present, type TreeNode } from "./tree-node.ts";

/*
 * What the C library's system calls (Emscripten's `__syscall_*`) have in common: they answer 0 or more for success, and
 * below 0 an error number negated. Structures are laid out as musl has them on wasm32.
 */

/** What file calls act on; the descriptors change with every task. */
export interface FileCallTarget {
  readonly memory: GuestMemory;
  readonly descriptors: Descriptors;
}

/** Stands for the working directory where a descriptor is asked for. */
export const workingDirectoryFd = -100;
export const atNoFollow = 0x100;

/** Finds what a call names by a descriptor and the address of a path. */
export function nodeFinder(
  target: FileCallTarget,
): (fd: number, pathAddress: number, follow: boolean) => TreeNode {
  return (fd, pathAddress, follow) =>
    present(target.descriptors.place(fd, target.memory.readString(pathAddress), follow));
}

/** Runs a call, and answers an `Errno` as the C library expects it. */
export function negateErrors(
  calls: Record<string, WebAssembly.HostFunction>,
): Record<string, WebAssembly.HostFunction> {
  const guarded =
    (call: WebAssembly.HostFunction) =>
    (...args: unknown[]) => {
      try {
        return call(...args) ?? 0;
      } catch (error) {
        if (error instanceof Errno) return -error.code;
        throw error;
      }
    };
  return Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, guarded(call)]));
}
