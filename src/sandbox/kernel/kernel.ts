import type { JobErrorCode } from "../../protocol/errors.ts";
import type { Language } from "../../protocol/languages.ts";
import { limits } from "../../protocol/limits.ts";
import { clipUtf8 } from "../../stdx/utf8.ts";
import type { GuestOutcome, GuestRuntime, GuestTask } from "./guest.ts";
import { ModuleShelf } from "./module-shelf.ts";
import { TaskOutput } from "./task-output.ts";
import { type CellFrame, encodeFrame, type Frame, type HostFrame, slowTaskMs } from "./wire.ts";

/** The kernel's end of the pipe to its host. */
export interface KernelPipe {
  /** The next frame; undefined when the host is gone. May block: nothing else is going on then. */
  next(): Frame | undefined | Promise<Frame | undefined>;
  send(frame: Uint8Array): void;
  /** Does nothing, for ever, and lets no guest code run: the host is about to kill the cell. */
  halt(): never;
}

/** Makes the runtime of a language; called once for each, at its first task. */
export type RuntimeMaker = (language: Language) => GuestRuntime | Promise<GuestRuntime>;

type RunHeader = Extract<HostFrame, { t: "run" }>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The main loop of a cell: runs the tasks that the host sends, one by one, until the host is gone. */
export class Kernel {
  readonly #pipe: KernelPipe;
  readonly #makeRuntime: RuntimeMaker;
  readonly #runtimes = new Map<Language, GuestRuntime>();
  readonly #modules = new ModuleShelf<Uint8Array>();
  /** Task frames of an older epoch are skipped: the host has given those tasks away. See wire.ts. */
  #epoch = 0;

  constructor(pipe: KernelPipe, makeRuntime: RuntimeMaker) {
    this.#pipe = pipe;
    this.#makeRuntime = makeRuntime;
  }

  async serve(): Promise<void> {
    this.#send({ t: "ready" });
    for (;;) {
      const next = this.#pipe.next();
      const frame = next instanceof Promise ? await next : next;
      if (!frame) return;
      // The host is trusted: it wrote what it says it wrote.
      const header = frame.header as HostFrame;
      if (header.t === "module") {
        this.#modules.put(header.cid, frame.payload);
        continue;
      }
      const module = this.#modules.touch(header.cid);
      if (header.epoch < this.#epoch) continue;
      await this.#runTask(header, module, frame.payload);
    }
  }

  async #runTask(header: RunHeader, module: Uint8Array | undefined, input: Uint8Array): Promise<void> {
    const startedAt = performance.now();
    const output = new TaskOutput((stream, text) => this.#send({ t: "output", id: header.id, stream, text }));
    const answer = (outcome: GuestOutcome) => this.#answer(header.id, startedAt, outcome);
    const task: GuestTask = {
      code: header.code,
      module,
      inputJson: decoder.decode(input),
      memoryMb: header.memoryMb,
    };
    const io = {
      write: (stream: "stdout" | "stderr", text: string) => {
        if (output.write(stream, text)) return;
        output.flush();
        answer(failure("output_exceeded", `The job printed more than ${limits.outputBytesMax} bytes.`));
        this.#pipe.halt();
      },
    };
    const runtime = await this.#runtimeOf(header.language);
    let outcome: GuestOutcome;
    let sound = true;
    try {
      const running = runtime.run(task, io);
      outcome = running instanceof Promise ? await running : running;
    } catch (error) {
      sound = false;
      outcome = failure("cell_crashed", `The ${header.language} runtime failed: ${describe(error)}`);
    }
    output.flush();
    answer(outcome);
    if (sound && resets(runtime)) return;
    this.#send({ t: "spent" });
    this.#pipe.halt();
  }

  async #runtimeOf(language: Language): Promise<GuestRuntime> {
    let runtime = this.#runtimes.get(language);
    if (!runtime) {
      runtime = await this.#makeRuntime(language);
      this.#runtimes.set(language, runtime);
    }
    return runtime;
  }

  #answer(id: number, startedAt: number, outcome: GuestOutcome): void {
    const wallMs = Math.max(0, performance.now() - startedAt);
    if (wallMs >= slowTaskMs) this.#epoch++;
    const epoch = this.#epoch;
    const payload =
      outcome.ok && outcome.resultJson !== undefined ? encoder.encode(outcome.resultJson) : undefined;
    if (payload && payload.length > limits.resultBytesMax) {
      const message = `The result's JSON has ${payload.length} bytes; ${limits.resultBytesMax} are allowed.`;
      this.#send({ t: "fail", id, epoch, wallMs, code: "result_too_large", message });
    } else if (outcome.ok) {
      this.#send({ t: "done", id, epoch, wallMs }, payload);
    } else {
      const message = clipUtf8(outcome.message, limits.errorMessageBytesMax);
      this.#send({ t: "fail", id, epoch, wallMs, code: outcome.code, message });
    }
  }

  #send(header: CellFrame, payload?: Uint8Array): void {
    this.#pipe.send(encodeFrame(header, payload));
  }
}

function failure(code: JobErrorCode, message: string): GuestOutcome {
  return { ok: false, code, message };
}

function resets(runtime: GuestRuntime): boolean {
  try {
    return runtime.reset();
  } catch {
    return false;
  }
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "an error that cannot be told";
  }
}
