import type { FunctionTask, GuestIo, GuestOutcome, GuestRuntime, GuestTask, LoadOutcome } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { askHost } from "../host-question.ts";
import { Sleeper } from "./clock-calls.ts";
import { FileContents } from "./file-contents.ts";
import { loadFunction } from "./handler.ts";
import { Interpreter, type Surroundings } from "./interpreter.ts";
import { decodeSnapshot, type Snapshot } from "./memory-image.ts";
import { judgeUnwinding, readAnswer } from "./outcomes.ts";
import { GuestExit } from "./process-calls.ts";
import type { InterpreterModule } from "./snapshot-maker.ts";
import { defaultStackBytes, linearStackBytes } from "./stack.ts";
import { askNobody, makeSurroundings, type PythonHost } from "./surroundings.ts";

const bytesPerMb = 1024 * 1024;
const encoder = new TextEncoder();
const noHost: PythonHost = { write() {}, ask: askNobody };

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
 * Brings up CPython from its memory snapshot.
 * @param assets.snapshot is read for as long as the runtime lives
 * @param assets.stackBytes the native stack that there is, if more than engines give of themselves
 */
export function createPythonRuntime(assets: {
  interpreter: InterpreterModule;
  snapshot: Uint8Array;
  stackBytes?: number;
}): GuestRuntime {
  const snapshot = decodeSnapshot(assets.snapshot);
  const { module, wasmBytes } = assets.interpreter;
  if (wasmBytes !== snapshot.wasmBytes) {
    throw new TypeError("The Python snapshot was made with another version of the interpreter.");
  }
  const runtime = new PythonRuntime(module, snapshot, assets.stackBytes ?? defaultStackBytes);
  runtime.warmUp();
  return runtime;
}

/**
 * Python in a cell. Everything that a task can change is either the interpreter's linear memory, put back from the image
 * after each task, or its surroundings (files, descriptors), which are made anew for each. A function's live on.
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
    const idle = this.#surroundings(0, noHost);
    this.#interpreter = new Interpreter(module, idle, new Sleeper(), linearStackBytes(stackBytes));
    this.#interpreter.adopt(snapshot.image);
  }

  /**
   * Runs a program of nobody's. The engine compiles the interpreter's functions when they are first called, which takes
   * longer than most programs do: a cell that stands ready has the time.
   */
  warmUp(): void {
    const task = { code: warmUpCode, module: undefined, inputJson: "{}", memoryMb: 0 };
    const outcome = this.run(task, { write() {}, ask: askNobody });
    if (!outcome.ok || !this.reset())
      throw new TypeError("The Python snapshot does not hold a sound interpreter.");
  }

  run(task: GuestTask, io: GuestIo): GuestOutcome {
    const text = new GuestText(io);
    this.#interpreter.surroundings = this.#surroundings(task.memoryMb, {
      write: (stream, bytes) => text.write(stream, bytes),
      ask: (op, argsJson) => askHost(io, op, argsJson),
    });
    let outcome: GuestOutcome;
    try {
      const { entries } = this.#snapshot.image;
      const answer = this.#interpreter.call(
        entries.run,
        encoder.encode(task.code),
        encoder.encode(task.inputJson),
      );
      outcome = readAnswer(answer);
    } catch (error) {
      this.#broken = !(error instanceof GuestExit);
      outcome = judgeUnwinding(error);
    }
    text.end();
    return outcome;
  }

  load(task: FunctionTask, io: GuestIo): LoadOutcome {
    const { entries } = this.#snapshot.image;
    const makeSurroundings = (host: PythonHost) => this.#surroundings(task.memoryMb, host);
    return loadFunction(this.#interpreter, entries, makeSurroundings, task, io);
  }

  reset(): boolean {
    this.#interpreter.surroundings = this.#surroundings(0, noHost);
    return !this.#broken && this.#interpreter.restore(this.#snapshot.image);
  }

  #surroundings(memoryMb: number, host: PythonHost): Surroundings {
    return makeSurroundings({
      stdlib: this.#stdlib,
      fileBytesMax: memoryMb * bytesPerMb,
      memoryBytesMax: this.#snapshot.image.heapEnd + memoryMb * bytesPerMb,
      ...host,
    });
  }
}
