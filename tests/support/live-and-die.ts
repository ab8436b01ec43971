import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/**
 * Runs a writer program of tests/support until its lanes have acknowledged so many rounds in all, kills it without
 * warning, and tells each lane's last acknowledged round.
 */
export async function liveAndDie(
  program: string,
  args: { readonly directory: string; readonly lanes: number; readonly firstRound: number },
  rounds: number,
): Promise<ReadonlyMap<number, number>> {
  const { directory, lanes, firstRound } = args;
  const child = spawn(process.execPath, [program, directory, `${lanes}`, `${firstRound}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const last = new Map<number, number>();
  let heard = 0;
  for await (const line of createInterface(child.stdout)) {
    const [lane, round] = line.split(" ").map(Number);
    assert.ok(lane !== undefined && round !== undefined);
    last.set(lane, round);
    // What was said before it died still comes through the pipe after this.
    if (++heard === rounds) child.kill("SIGKILL");
  }
  assert.deepEqual(await exited, [null, "SIGKILL"]);
  assert.ok(heard >= rounds);
  assert.equal(last.size, lanes);
  return last;
}
