import { clocks } from "./context.ts";
import { errno, refuseWith } from "./errno.ts";
import type { DirectoryNode, FileNode } from "./files.ts";

const timeFlags = { accessed: 1, accessedNow: 2, modified: 4, modifiedNow: 8 } as const;

export function setTimes(
  node: FileNode | DirectoryNode,
  accessed: bigint,
  modified: bigint,
  flags: number,
): void {
  const both = (one: number, other: number): boolean => (flags & one) !== 0 && (flags & other) !== 0;
  if (
    both(timeFlags.accessed, timeFlags.accessedNow) ||
    both(timeFlags.modified, timeFlags.modifiedNow) ||
    flags > 15
  ) {
    refuseWith(errno.invalid);
  }
  if (flags & timeFlags.accessed) node.accessedAt = accessed;
  if (flags & timeFlags.accessedNow) node.accessedAt = clocks.realtime();
  if (flags & timeFlags.modified) node.modifiedAt = modified;
  if (flags & timeFlags.modifiedNow) node.modifiedAt = clocks.realtime();
}
