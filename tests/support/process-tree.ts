import { readdirSync, readFileSync } from "node:fs";

export interface ProcessSeen {
  readonly pid: number;
  readonly parent: number;
  /** `R` runs, `S` sleeps, `T` is stopped; see proc_pid_stat(5). */
  readonly state: string;
  /** Milliseconds, counted in steps of ten. */
  readonly cpuMs: number;
}

/** The processes below `pid`, whose name begins with `name`. */
export function processesBelow(pid: number, name = ""): ProcessSeen[] {
  const children = new Map<number, (ProcessSeen & { readonly name: string })[]>();
  for (const entry of readdirSync("/proc")) {
    const seen = /^\d+$/.test(entry) ? look(Number(entry)) : undefined;
    if (!seen) continue;
    const siblings = children.get(seen.parent);
    if (siblings) siblings.push(seen);
    else children.set(seen.parent, [seen]);
  }
  const below = (parent: number): (ProcessSeen & { readonly name: string })[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid).filter((seen) => seen.name.startsWith(name));
}

/** The CPU time in milliseconds that the processes below `pid` have used, those that are over left out. */
export function cpuMsBelow(pid: number): number {
  return processesBelow(pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** One process as it is now; undefined when it is gone. */
export function look(pid: number): (ProcessSeen & { readonly name: string }) | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  const [state = "", parent] = fields;
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * 10;
  return { pid, parent: Number(parent), name: stat.slice(stat.indexOf("(") + 1, end), state, cpuMs };
}
