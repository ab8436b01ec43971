/**
 * A program in the place of a cell's process that does as it is told, for tests of what a host makes of it. Argument: a
 * `CellScript` as JSON.
 */
import { type CellFrame, FrameDecoder, FrameWriter, type HostFrame } from "../../src/sandbox/kernel/wire.ts";

export type Act =
  /** In a frame's `id`, "$id" stands for the task that it answers; in a payload too, and "$epoch" for its epoch. */
  | { readonly send: Readonly<Record<string, unknown>>; readonly payload?: string }
  | { readonly payloadBytes: number; readonly send: Readonly<Record<string, unknown>> }
  | { readonly raw: readonly number[] }
  | { readonly complain: string }
  | { readonly exit: number };

export interface CellScript {
  readonly atStart: readonly Act[];
  /** For each task frame in turn; the last entry serves all that follow. */
  readonly atTasks: readonly (readonly Act[])[];
}

export const ready: Act = { send: { t: "ready" } satisfies CellFrame };

const writer = new FrameWriter();

function perform(act: Act, id: number, epoch: number): void {
  if ("exit" in act) process.exit(act.exit);
  else if ("complain" in act) process.stderr.write(act.complain);
  else if ("raw" in act) process.stdout.write(Uint8Array.from(act.raw));
  else {
    const fill = (value: unknown) => (value === "$id" ? id : value);
    const header = Object.fromEntries(Object.entries(act.send).map(([name, value]) => [name, fill(value)]));
    const text =
      "payload" in act ? (act.payload ?? "").replace("$id", `${id}`).replace("$epoch", `${epoch}`) : "";
    const payload = "payloadBytes" in act ? new Uint8Array(act.payloadBytes).fill(0x31) : text;
    // Lies are of no declared type.
    writer.add(header as unknown as CellFrame, payload);
    process.stdout.write(writer.take().slice());
  }
}

function follow(script: CellScript): void {
  const decoder = new FrameDecoder(1 << 30);
  let tasks = 0;
  for (const act of script.atStart) perform(act, 0, 0);
  process.stdin.on("data", (chunk: Buffer) => {
    for (const { header } of decoder.push(chunk)) {
      const frame = header as HostFrame;
      if (frame.t !== "run") continue;
      const acts = script.atTasks[Math.min(tasks++, script.atTasks.length - 1)] ?? [];
      for (const act of acts) perform(act, frame.id, frame.epoch);
    }
  });
}

if (import.meta.main) follow(JSON.parse(process.argv[2] ?? "{}") as CellScript);
