import { readdirSync, readFileSync } from "node:fs";

/** The CPU time in milliseconds that the processes below `pid` have used, counted in steps of ten. */
export function cpuMsBelow(pid: number): number {
  const children = new Map<number, { pid: number; cpuMs: number }[]>();
  for (const name of readdirSync("/proc")) {
    const found = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (found) children.getOrInsertComputed(found.parent, () => []).push(found);
  }
  const sum = (parent: number): number =>
    (children.get(parent) ?? []).reduce((total, child) => total + child.cpuMs + sum(child.pid), 0);
  return sum(pid);
}

function statOf(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return {
      pid: Number(pid),
      parent: Number(fields[1]),
      cpuMs: (Number(fields[11]) + Number(fields[12])) * 10,
    };
  } catch {
    return undefined;
  }
}
