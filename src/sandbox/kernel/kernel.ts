import type { JobErrorCode } from "../../protocol/errors.ts";
import { type HostAnswer, hostCallBytesMax } from "../../protocol/host-calls.ts";
import type { Language } from "../../protocol/languages.ts";
import { limits } from "../../protocol/limits.ts";
import { Shelf } from "../../stdx/shelf.ts";
import { clipUtf8, fitsUtf8, utf8Length } from "../../stdx/utf8.ts";
import type { GuestIo, GuestOutcome, GuestRuntime, LoadOutcome } from "./guest.ts";
import { TaskOutput } from "./task-output.ts";
import { type CellFrame, type Frame, type HostFrame, modulesKept, slowTaskMs } from "./wire.ts";

/** The kernel's end of the pipe to its host. */
export interface KernelPipe {
  /** The next frame; undefined when the host is gone. May block: nothing else is going on then. */
  next(): Frame | undefined | Promise<Frame | undefined>;
  /** The next frame, blocking the thread until it is there: guest code waits for it in the middle of a call. */
  wait(): Frame | undefined;
  /** @param payload text goes as UTF-8 */
  send(header: CellFrame, payload?: string | Uint8Array): void;
  /** Does nothing, for ever, and lets no guest code run: the host is about to kill the cell. */
  halt(): never;
}

/** Makes the runtime of a language; called once for each, at its first task. */
export type RuntimeMaker = (language: Language) => GuestRuntime | Promise<GuestRuntime>;

type TaskHeader = Extract<HostFrame, { t: "run" | "load" | "call" }>;
/** What became of the function that this cell was to be an instance of. */
type Loaded = { language: Language } & LoadOutcome;

const decoder = new TextDecoder();
const nothing: GuestOutcome = { ok: true, resultJson: undefined };

/** The main loop of a cell: does what the host sends, one thing after another, until the host is gone. */
export class Kernel {
  readonly #pipe: KernelPipe;
  readonly #makeRuntime: RuntimeMaker;
  readonly #runtimes = new Map<Language, GuestRuntime>();
  readonly #modules = new Shelf<Uint8Array>(modulesKept);
  /** Frames that came while a guest waited for an answer. */
  readonly #backlog: Frame[] = [];
  #loaded: Loaded | undefined;
  /** Task frames of an older epoch are skipped: the host has given those tasks away. See wire.ts. */
  #epoch = 0;

  constructor(pipe: KernelPipe, makeRuntime: RuntimeMaker) {
    this.#pipe = pipe;
    this.#makeRuntime = makeRuntime;
  }

  async serve(): Promise<void> {
    this.#pipe.send({ t: "ready" });
    for (;;) {
      const next = this.#backlog.shift() ?? this.#pipe.next();
      const frame = next instanceof Promise ? await next : next;
      if (!frame) return;
      // The host is trusted: it wrote what it says it wrote.
      const header = frame.header as HostFrame;
      if (header.t === "module") {
        this.#modules.put(header.cid, frame.payload.slice());
        continue;
      }
      if (header.t === "answer") continue;
      const module = header.t === "call" ? undefined : this.#modules.touch(header.cid);
      if (header.epoch < this.#epoch) continue;
      await this.#task(header, module, frame.payload);
    }
  }

  async #task(header: TaskHeader, module: Uint8Array | undefined, payload: Uint8Array): Promise<void> {
    const startedAt = performance.now();
    const output = new TaskOutput((stream, text) =>
      this.#pipe.send({ t: "output", id: header.id, stream, text }),
    );
    const answer = (outcome: GuestOutcome) => this.#answer(header.id, startedAt, outcome);
    const io: GuestIo = {
      write: (stream, text) => {
        if (output.write(stream, text)) return;
        output.flush();
        answer(failure("output_exceeded", `The code printed more than ${limits.outputBytesMax} bytes.`));
        this.#pipe.halt();
      },
      ask: (op, argsJson) => {
        output.flush();
        return this.#ask(header.id, op, argsJson);
      },
    };
    let outcome: GuestOutcome;
    let sound = true;
    try {
      const running = this.#begin(header, module, decoder.decode(payload), io);
      outcome = running instanceof Promise ? await running : running;
    } catch (error) {
      sound = false;
      outcome = failure("cell_crashed", `The cell's runtime failed: ${describe(error)}`);
    }
    output.flush();
    answer(outcome);
    if (sound && (header.t === "run" ? this.#resets(header.language) : outcome.ok || !outcome.spent)) return;
    this.#pipe.send({ t: "spent" });
    this.#pipe.halt();
  }

  #begin(
    header: TaskHeader,
    module: Uint8Array | undefined,
    json: string,
    io: GuestIo,
  ): GuestOutcome | Promise<GuestOutcome> {
    if (header.t === "call") {
      const loaded = this.#loaded;
      if (!loaded) return failure("cell_crashed", "The cell was called before it had loaded a function.");
      return loaded.ok ? loaded.handler.call(json, io) : loaded;
    }
    const { code, memoryMb } = header;
    const runtime = this.#runtimes.get(header.language);
    if (header.t === "run" && runtime) return runtime.run({ code, module, inputJson: json, memoryMb }, io);
    return this.#beginAnew(header, module, json, io);
  }

  /** The first task of a language, which makes its runtime, and the loading of a function. */
  async #beginAnew(
    header: Exclude<TaskHeader, { t: "call" }>,
    module: Uint8Array | undefined,
    inputJson: string,
    io: GuestIo,
  ): Promise<GuestOutcome> {
    const { code, memoryMb, language } = header;
    const runtime = await this.#runtimeOf(language);
    if (header.t === "run") return await runtime.run({ code, module, inputJson, memoryMb }, io);
    const loaded = await runtime.load({ code, module, memoryMb, env: header.env }, io);
    this.#loaded = { language, ...loaded };
    return loaded.ok ? nothing : loaded;
  }

  /** Blocks until the host has answered; what else arrives meanwhile waits. */
  #ask(id: number, op: string, argsJson: string): string {
    if (!fitsUtf8(argsJson, hostCallBytesMax)) {
      const error = `The arguments have ${utf8Length(argsJson)} bytes; ${hostCallBytesMax} are allowed.`;
      return JSON.stringify({ ok: false, code: "payload_too_large", error } satisfies HostAnswer);
    }
    this.#pipe.send({ t: "ask", id, op }, argsJson);
    for (;;) {
      const frame = this.#pipe.wait();
      if (!frame) return this.#pipe.halt();
      if ((frame.header as HostFrame).t === "answer") return decoder.decode(frame.payload);
      this.#backlog.push(frame);
    }
  }

  async #runtimeOf(language: Language): Promise<GuestRuntime> {
    let runtime = this.#runtimes.get(language);
    if (!runtime) {
      runtime = await this.#makeRuntime(language);
      this.#runtimes.set(language, runtime);
    }
    return runtime;
  }

  #resets(language: Language): boolean {
    try {
      return this.#runtimes.get(language)?.reset() ?? true;
    } catch {
      return false;
    }
  }

  #answer(id: number, startedAt: number, outcome: GuestOutcome): void {
    const wallMs = Math.max(0, performance.now() - startedAt);
    if (wallMs >= slowTaskMs) this.#epoch++;
    const epoch = this.#epoch;
    const json = outcome.ok ? outcome.resultJson : undefined;
    if (json !== undefined && !fitsUtf8(json, limits.resultBytesMax)) {
      const message = `The result's JSON has ${utf8Length(json)} bytes; ${limits.resultBytesMax} are allowed.`;
      this.#pipe.send({ t: "fail", id, epoch, wallMs, code: "result_too_large", message });
    } else if (outcome.ok) {
      this.#pipe.send({ t: "done", id, epoch, wallMs }, json);
    } else {
      const message = clipUtf8(outcome.message, limits.errorMessageBytesMax);
      this.#pipe.send({ t: "fail", id, epoch, wallMs, code: outcome.code, message });
    }
  }
}

function failure(code: JobErrorCode, message: string): GuestOutcome {
  return { ok: false, code, message };
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "an error that cannot be told";
  }
}
