import { readFileSync } from "node:fs";

/* What a process uses, read from Linux's /proc. Elsewhere, and once the process is gone, nothing is known. */

const pageBytes = 4096;
/** Linux counts CPU time for user space in hundredths of a second (USER_HZ, proc(5)). */
const tickMs = 10;

export function residentBytes(pid: number): number | undefined {
  const pages = read(`/proc/${pid}/statm`)?.split(" ")[1];
  return pages === undefined ? undefined : Number(pages) * pageBytes;
}

/** User and system time of all threads, in milliseconds, counted in steps of ten. */
export function cpuMs(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the program's name in brackets and may hold blanks; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
