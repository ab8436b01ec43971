/// <reference path="../webassembly.d.ts" />
import type { GuestIo, GuestOutcome, GuestRuntime, GuestTask } from "../guest.ts";
import { GuestText } from "../guest-text.ts";
import { CompiledModules } from "./compiled-modules.ts";
import { ModuleRun } from "./module-run.ts";

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
      return new ModuleRun(compiled, task, text).run();
    } finally {
      text.end();
    }
  }

  /** Every task has an instance of its own, and a compiled module remembers nothing of its instances. */
  reset(): boolean {
    return true;
  }
}
