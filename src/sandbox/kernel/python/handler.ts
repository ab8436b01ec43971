import type { FunctionTask, GuestHandler, GuestIo, GuestOutcome, LoadOutcome } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { askHost } from "../host-question.ts";
import { PrintedAnswer } from "../printed-answer.ts";
import type { Interpreter, Surroundings } from "./interpreter.ts";
import type { MemoryImage } from "./memory-image.ts";
import { answerKinds, judgeUnwinding, type PythonFailure, readAnswer } from "./outcomes.ts";
import { askNobody, type PythonHost } from "./surroundings.ts";

const encoder = new TextEncoder();

/** Loads a function into an interpreter that is as new. */
export function loadFunction(
  interpreter: Interpreter,
  entries: MemoryImage["entries"],
  makeSurroundings: (host: PythonHost) => Surroundings,
  task: FunctionTask,
  io: GuestIo,
): LoadOutcome {
  const instance = new PythonInstance(interpreter, makeSurroundings);
  // Half a surrogate pair, which JSON can hold, is nothing that an environment can.
  const envJson = JSON.stringify(task.env, (_, value) =>
    typeof value === "string" ? value.toWellFormed() : value,
  );
  const answer = instance.call(io, entries.load, task.code, envJson);
  if (!(answer instanceof Uint8Array)) return answer;
  if (answer.length === 1 && String.fromCharCode(...answer) === answerKinds.program) {
    return { ok: true, handler: new ProgramHandler(instance, entries.call) };
  }
  const outcome = readAnswer(answer);
  return outcome.ok ? { ok: true, handler: new FunctionHandler(instance, entries.call) } : outcome;
}

/** An interpreter that keeps its state from one call to the next, with whoever is at its other end now. */
class PythonInstance {
  readonly #interpreter: Interpreter;
  #host: PythonHost = { write() {}, ask: askNobody };

  constructor(interpreter: Interpreter, makeSurroundings: (host: PythonHost) => Surroundings) {
    this.#interpreter = interpreter;
    interpreter.surroundings = makeSurroundings({
      write: (stream, bytes) => this.#host.write(stream, bytes),
      ask: (op, argsJson) => this.#host.ask(op, argsJson),
    });
  }

  /** @returns the answer's bytes, or a failure of the interpreter itself, which is then spent */
  call(io: GuestIo, entry: number, ...texts: string[]): Uint8Array | PythonFailure {
    const text = new GuestText(io);
    this.#host = {
      write: (stream, bytes) => text.write(stream, bytes),
      ask: (op, argsJson) => askHost(io, op, argsJson),
    };
    this.#interpreter.surroundings.memoryRefusals = 0;
    try {
      const answer = this.#interpreter.call(entry, ...texts.map((part) => encoder.encode(part)));
      return answer ?? failureOf(readAnswer(answer));
    } catch (error) {
      return { ...failureOf(judgeUnwinding(error)), spent: true };
    } finally {
      text.end();
    }
  }
}

/** Code that defines `handle`. */
class FunctionHandler implements GuestHandler {
  readonly #instance: PythonInstance;
  readonly #entry: number;

  constructor(instance: PythonInstance, entry: number) {
    this.#instance = instance;
    this.#entry = entry;
  }

  call(requestJson: string, io: GuestIo): GuestOutcome {
    const answer = this.#instance.call(io, this.#entry, requestJson);
    return answer instanceof Uint8Array ? readAnswer(answer) : answer;
  }
}

/** A program that is run for each request, and answers by what it prints, or else by its result. */
class ProgramHandler implements GuestHandler {
  readonly #handler: FunctionHandler;

  constructor(instance: PythonInstance, entry: number) {
    this.#handler = new FunctionHandler(instance, entry);
  }

  call(requestJson: string, io: GuestIo): GuestOutcome {
    const printed = new PrintedAnswer((text) => io.write("stdout", text));
    const outcome = this.#handler.call(requestJson, {
      write: (stream, text) => (stream === "stdout" ? printed.write(text) : io.write(stream, text)),
      ask: (op, argsJson) => io.ask(op, argsJson),
    });
    if (!outcome.ok) {
      printed.abandon();
      return outcome;
    }
    return { ok: true, resultJson: printed.end() ?? outcome.resultJson };
  }
}

/** Of an outcome that cannot be a success here: an exit by `os._exit` is an orderly end for a job, and none for a call. */
function failureOf(outcome: GuestOutcome): PythonFailure {
  if (!outcome.ok) return outcome;
  return { ok: false, code: "guest_error", message: "The program exited." };
}
