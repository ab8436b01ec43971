import type { FunctionTask, GuestHandler, GuestIo, GuestOutcome, LoadOutcome } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { PrintedAnswer } from "../printed-answer.ts";
import { isCommand, wasmNames } from "./link.ts";
import { type Caller, ModuleInstance, type UsableModule } from "./module-instance.ts";
import { functionSetup } from "./program-input.ts";

/** Loads a function: one instance that lives on, or for a WASI command a new one for each call. */
export function loadFunction(compiled: UsableModule, task: FunctionTask, io: GuestIo): LoadOutcome {
  const handler = isCommand(compiled.outline)
    ? new CommandHandler(compiled, task)
    : new ReactorHandler(compiled, task);
  const outcome = handler.open(io);
  return outcome?.ok === false ? outcome : { ok: true, handler };
}

/** Does something for a caller, and passes on all that is printed. */
function attended<Answer>(inputJson: string, io: GuestIo, work: (caller: Caller) => Answer): Answer {
  const text = new GuestText(io);
  try {
    return work({ inputJson, io, text });
  } finally {
    text.end();
  }
}

/** A module that exports `run`. */
class ReactorHandler implements GuestHandler {
  readonly #compiled: UsableModule;
  readonly #task: FunctionTask;
  #instance: ModuleInstance | undefined;

  constructor(compiled: UsableModule, task: FunctionTask) {
    this.#compiled = compiled;
    this.#task = task;
  }

  /** @returns what came of its start, if that was no success */
  open(io: GuestIo): GuestOutcome | undefined {
    return attended("null", io, (caller) => {
      const instance = new ModuleInstance(this.#compiled, () => functionSetup("", this.#task), caller);
      const outcome = instance.open() ?? instance.call(wasmNames.initialize);
      if (!outcome.ok) return outcome;
      if (instance.broken) return exitedAtStart;
      this.#instance = instance;
      return undefined;
    });
  }

  call(requestJson: string, io: GuestIo): GuestOutcome {
    // The one before was left in the middle of something.
    const failure = this.#instance ? undefined : this.open(io);
    const instance = this.#instance;
    if (!instance) return failure ?? exitedAtStart;
    return attended(requestJson, io, (caller) => {
      instance.begin(caller);
      const outcome = instance.call(wasmNames.run);
      if (instance.broken) this.#instance = undefined;
      return outcome;
    });
  }
}

const exitedAtStart: GuestOutcome = {
  ok: false,
  code: "guest_error",
  message: "The module exited while it was started.",
};

/** A WASI command: reads the request on stdin and prints the response, unless it gives one to `set_output`. */
class CommandHandler implements GuestHandler {
  readonly #compiled: UsableModule;
  readonly #task: FunctionTask;

  constructor(compiled: UsableModule, task: FunctionTask) {
    this.#compiled = compiled;
    this.#task = task;
  }

  /** Instances are not kept, but one tells whether there can be any. */
  open(io: GuestIo): GuestOutcome | undefined {
    return attended("null", io, (caller) => this.#instance(caller).open());
  }

  call(requestJson: string, io: GuestIo): GuestOutcome {
    const printed = new PrintedAnswer((text) => io.write("stdout", text));
    const held: GuestIo = {
      write: (stream, text) => (stream === "stdout" ? printed.write(text) : io.write(stream, text)),
      ask: (op, argsJson) => io.ask(op, argsJson),
    };
    const outcome = attended(requestJson, held, (caller) => {
      const instance = this.#instance(caller);
      return instance.open() ?? instance.call(wasmNames.start, wasmNames.run);
    });
    if (outcome.ok && outcome.resultJson === undefined) return { ok: true, resultJson: printed.end() };
    printed.abandon();
    return outcome;
  }

  #instance(caller: Caller): ModuleInstance {
    return new ModuleInstance(this.#compiled, () => functionSetup(caller.inputJson, this.#task), caller);
  }
}
