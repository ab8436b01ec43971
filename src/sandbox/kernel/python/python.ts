import { isJobErrorCode } from "../../../protocol/errors.ts";
import { limits } from "../../../protocol/limits.ts";
import type { GuestIo, GuestOutcome, GuestRuntime, GuestTask } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { Sleeper } from "./clock-calls.ts";
import { FileContents } from "./file-contents.ts";
import { Interpreter } from "./interpreter.ts";
import { RefusedImport } from "./interpreter-imports.ts";
import { decodeSnapshot, type Snapshot } from "./memory-image.ts";
import { GuestAbort, GuestExit, GuestOutOfMemory } from "./process-calls.ts";
import { loadInterpreterModule, makePythonSnapshot } from "./snapshot-maker.ts";
import { defaultStackBytes, linearStackBytes } from "./stack.ts";
import { makeSurroundings } from "./surroundings.ts";

export { makePythonSnapshot } from "./snapshot-maker.ts";

const bytesPerMb = 1024 * 1024;

const warmUpCode = `
class Thing:
    def __init__(self, name): self.name = name
    def __repr__(self): return f"{self.name:>8}"
try:
    {}["missing"]
except KeyError as error:
    print(error, [Thing(n) for n in sorted(("b", "a"), key=len)], sum(i * 0.5 for i in range(9)))
{"list": [1, 2.5, None, True], "text": ", ".join("abc").upper()}
`;

/**
 * Brings up CPython from its memory snapshot, or from nothing (some seconds) when there is none.
 * @param assets.indexUrl the folder of the `pyodide` package, with a slash at its end
 * @param assets.stackBytes the native stack that there is, if more than engines give of themselves
 */
export async function createPythonRuntime(assets: {
  indexUrl: string;
  snapshot: Uint8Array | undefined;
  stackBytes?: number;
}): Promise<GuestRuntime> {
  const encoded = assets.snapshot ?? (await makePythonSnapshot(assets.indexUrl));
  const snapshot = decodeSnapshot(encoded);
  const { module, wasmBytes } = await loadInterpreterModule(assets.indexUrl);
  if (wasmBytes !== snapshot.wasmBytes) {
    throw new TypeError("The Python snapshot was made with another version of the interpreter.");
  }
  const runtime = new PythonRuntime(module, snapshot, assets.stackBytes ?? defaultStackBytes);
  runtime.warmUp();
  return runtime;
}

/**
 * Python in a cell. Everything that a task can change is either the interpreter's linear memory, put back from the image
 * after each task, or its surroundings (files, descriptors), which are made anew for each.
 */
class PythonRuntime implements GuestRuntime {
  readonly #snapshot: Snapshot;
  readonly #stdlib: FileContents;
  readonly #interpreter: Interpreter;
  /** The interpreter was stopped in the middle of something, in a way that is not part of its own order. */
  #broken = false;

  constructor(module: WebAssembly.Module, snapshot: Snapshot, stackBytes: number) {
    this.#snapshot = snapshot;
    this.#stdlib = FileContents.of(snapshot.stdlib);
    const idle = this.#surroundings(0, () => {});
    this.#interpreter = new Interpreter(module, idle, new Sleeper(), linearStackBytes(stackBytes));
    this.#interpreter.adopt(snapshot.image);
  }

  /**
   * Runs a program of nobody's. The engine compiles the interpreter's functions when they are first called, which takes
   * longer than most programs do: a cell that stands ready has the time.
   */
  warmUp(): void {
    const task = { code: warmUpCode, module: undefined, inputJson: "{}", memoryMb: 0 };
    const outcome = this.run(task, { write() {}, ask: () => "" });
    if (!outcome.ok || !this.reset())
      throw new TypeError("The Python snapshot does not hold a sound interpreter.");
  }

  run(task: GuestTask, io: GuestIo): GuestOutcome {
    const text = new GuestText(io);
    const encoder = new TextEncoder();
    this.#interpreter.surroundings = this.#surroundings(task.memoryMb, (stream, bytes) =>
      text.write(stream, bytes),
    );
    let outcome: GuestOutcome;
    try {
      const answer = this.#interpreter.run(
        this.#snapshot.image.runner,
        encoder.encode(task.code),
        encoder.encode(task.inputJson),
      );
      outcome = answer === undefined ? outOfMemory : readAnswer(answer);
    } catch (error) {
      this.#broken = !(error instanceof GuestExit);
      outcome = judgeUnwinding(error);
    }
    text.end();
    return outcome;
  }

  reset(): boolean {
    this.#interpreter.surroundings = this.#surroundings(0, () => {});
    return !this.#broken && this.#interpreter.restore(this.#snapshot.image);
  }

  #surroundings(memoryMb: number, write: Parameters<typeof makeSurroundings>[0]["write"]) {
    return makeSurroundings({
      stdlib: this.#stdlib,
      fileBytesMax: memoryMb * bytesPerMb,
      memoryBytesMax: this.#snapshot.image.heapEnd + memoryMb * bytesPerMb,
      write,
    });
  }
}

const outOfMemory: GuestOutcome = {
  ok: false,
  code: "memory_exceeded",
  message: "The program ran out of memory.",
};

/** Reads the runner's answer. A guest in command of the interpreter may have forged it, so nothing in it is trusted. */
function readAnswer(answer: Uint8Array): GuestOutcome {
  if (answer.length > limits.resultBytesMax + 1) {
    return {
      ok: false,
      code: "result_too_large",
      message: `The result's JSON is ${answer.length - 1} bytes, over the limit of ${limits.resultBytesMax}.`,
    };
  }
  const text = new TextDecoder().decode(answer);
  const kind = text.charAt(0);
  const body = text.slice(1);
  if (kind === "N") return { ok: true, resultJson: undefined };
  if (kind === "R" && isJson(body)) return { ok: true, resultJson: body };
  if (kind === "R") {
    return { ok: false, code: "result_not_json", message: "The result's encoder wrote what is not JSON." };
  }
  const [code, ...rest] = body.split("\n");
  if (kind === "E" && code !== undefined && isJobErrorCode(code)) {
    return { ok: false, code, message: rest.join("\n") };
  }
  return { ok: false, code: "guest_error", message: "The program broke its interpreter." };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Says what it means that the interpreter did not return. Throws on what only a defect of the kernel explains. */
function judgeUnwinding(error: unknown): GuestOutcome {
  const failed = (message: string): GuestOutcome => ({ ok: false, code: "guest_error", message });
  if (error instanceof GuestExit) {
    if (error.status === 0) return { ok: true, resultJson: undefined };
    return failed(`The program exited with code ${error.status}.`);
  }
  if (error instanceof GuestOutOfMemory) return outOfMemory;
  if (error instanceof GuestAbort) return failed(error.reason);
  if (error instanceof RefusedImport) {
    return failed(`The program reached for ${error.name}, which a cell does not have.`);
  }
  if (error instanceof RangeError) {
    if (/call stack/i.test(error.message))
      return failed("The program recursed until the interpreter's stack was full.");
    if (/allocation/i.test(error.message)) return outOfMemory;
    return failed("The program led its interpreter to an address that does not exist.");
  }
  if (error instanceof WebAssembly.RuntimeError || error instanceof WebAssembly.Exception) {
    return failed(
      `The program broke its interpreter: ${error instanceof Error ? error.message : "an exception in C"}.`,
    );
  }
  throw error;
}
