/// <reference path="../webassembly.d.ts" />
import type { FunctionTask, GuestIo, GuestOutcome, GuestRuntime, GuestTask, LoadOutcome } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { CompiledModules } from "./compiled-modules.ts";
import { loadFunction } from "./handlers.ts";
import { isCommand, wasmNames } from "./link.ts";
import { type Caller, ModuleInstance, type UsableModule } from "./module-instance.ts";
import { programSetup } from "./program-input.ts";

/** Runs WebAssembly modules. `docs/runtimes/wasm.md` says what a module finds. */
export function createWasmRuntime(): GuestRuntime {
  return new WasmRuntime();
}

class WasmRuntime implements GuestRuntime {
  readonly #compiled = new CompiledModules();

  run(task: GuestTask, io: GuestIo): GuestOutcome {
    if (!task.module) return { ok: false, code: "wasm_invalid", message: "The job came without a module." };
    const compiled = this.#compiled.get(task.module, task.memoryMb);
    if (!compiled.ok) return compiled;
    const text = new GuestText(io);
    try {
      return runJob(compiled, task, { inputJson: task.inputJson, io, text });
    } finally {
      text.end();
    }
  }

  load(task: FunctionTask, io: GuestIo): LoadOutcome {
    if (!task.module) {
      return { ok: false, code: "wasm_invalid", message: "The function came without a module." };
    }
    const compiled = this.#compiled.get(task.module, task.memoryMb);
    return compiled.ok ? loadFunction(compiled, task, io) : compiled;
  }

  /** Every task has an instance of its own, and a compiled module remembers nothing of its instances. */
  reset(): boolean {
    return true;
  }
}

function runJob(compiled: UsableModule, task: GuestTask, caller: Caller): GuestOutcome {
  const instance = new ModuleInstance(compiled, () => programSetup(task.inputJson, task.memoryMb), caller);
  const first = isCommand(compiled.outline) ? wasmNames.start : wasmNames.initialize;
  // Some compilers make a command of every module: there `_start` sets the language up, and `run` does the work.
  return instance.open() ?? instance.call(first, wasmNames.run);
}
