/// <reference path="../webassembly.d.ts" />
import { limits } from "../../../protocol/limits.ts";
import type { OutputStream } from "../../../protocol/output.ts";
import type { GuestOutcome, GuestTask } from "../guest.ts";
import type { GuestText } from "../guest-text.ts";
import type { Compiled } from "./compiled-modules.ts";
import { GuestMemory } from "./guest-memory.ts";
import { HostFunctions, hostModuleName } from "./host-functions.ts";
import { linkProblem, wasmNames } from "./link.ts";
import { BadProgramInput, programSetup } from "./program-input.ts";
import { trapMessage, trapTrace } from "./traps.ts";
import { errno, refuseWith, WasiError } from "./wasi/errno.ts";
import { wasiImports, wasiModuleName } from "./wasi/wasi.ts";

type Usable = Extract<Compiled, { ok: true }>;

/** The module ends the run, by an exit or by a fault that the message tells in a sentence. */
class Ending extends Error {
  readonly exitCode: number | undefined;

  constructor(message: string, exitCode?: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One run of one module, in an instance of its own. */
export class ModuleRun {
  readonly #compiled: Usable;
  readonly #task: GuestTask;
  readonly #text: GuestText;
  readonly #memory = new GuestMemory();
  readonly #host: HostFunctions;
  /**
   * The first of its kind. Kept, because a module with exception handling can catch what its host throws, and go on: the
   * run has ended all the same.
   */
  #ending: Ending | undefined;

  constructor(compiled: Usable, task: GuestTask, text: GuestText) {
    this.#compiled = compiled;
    this.#task = task;
    this.#text = text;
    this.#host = new HostFunctions(task.inputJson, {
      memory: this.#memory,
      write: (stream, line) => text.writeText(stream, line),
      fail: (message) => this.#end(new Ending(message)),
    });
  }

  run(): GuestOutcome {
    try {
      const imports = this.#imports();
      const problem = linkProblem(this.#compiled.outline, imports);
      if (problem !== undefined) return { ok: false, code: "wasm_invalid", message: problem };
      this.#addMemory(imports);
      this.#execute(imports);
    } catch (error) {
      const outcome = this.#outcomeOfThrow(error);
      if (outcome) return outcome;
    }
    return this.#outcome();
  }

  #end(ending: Ending): never {
    this.#ending ??= ending;
    throw ending;
  }

  #imports(): WebAssembly.Imports {
    const imports: WebAssembly.Imports = {
      [hostModuleName]: this.#host.imports(this.#importedFrom(hostModuleName)),
    };
    const wasiNames = this.#importedFrom(wasiModuleName);
    if (wasiNames.length > 0) {
      const services = {
        memory: this.#memory,
        write: (stream: OutputStream, bytes: Uint8Array<ArrayBuffer>) => this.#text.write(stream, bytes),
        sleep,
        exit: (code: number) => this.#end(new Ending(`The program exited with code ${code}.`, code)),
      };
      const setup = programSetup(this.#task.inputJson, this.#task.memoryMb);
      imports[wasiModuleName] = wasiImports(setup, services, wasiNames);
    }
    return imports;
  }

  #importedFrom(from: string): string[] {
    const { imports } = this.#compiled.outline;
    return imports.flatMap(({ module, name, kind }) =>
      module === from && kind === "function" ? [name] : [],
    );
  }

  #addMemory(imports: WebAssembly.Imports): void {
    const { outline, bounds } = this.#compiled;
    const wanted = outline.imports.find(({ kind }) => kind === "memory");
    if (!wanted?.limits) return;
    const memory = new WebAssembly.Memory(bounds.memory(wanted.limits));
    imports[wanted.module] = { ...imports[wanted.module], [wanted.name]: memory };
    this.#memory.attach(memory);
  }

  #execute(imports: WebAssembly.Imports): void {
    const { exports } = new WebAssembly.Instance(this.#compiled.module, imports);
    const memory = exports[wasmNames.memory];
    if (memory instanceof WebAssembly.Memory) this.#memory.attach(memory);
    const { run, _start: start, _initialize: initialize } = exports;
    // Some compilers make a command of every module: there `_start` sets the language up, and `run` does the work.
    if (typeof start === "function") start();
    else if (typeof initialize === "function") initialize();
    if (typeof run === "function" && !this.#ending) run();
  }

  #outcome(): GuestOutcome {
    if (this.#ending && this.#ending.exitCode !== 0) {
      return { ok: false, code: "guest_error", message: this.#ending.message };
    }
    const { output } = this.#host;
    // What a program printed is the result of one that set none, in every language: that is not the runtime's to say.
    if (!output) return { ok: true, resultJson: undefined };
    if ("tooLarge" in output) {
      const message = `The result's JSON has ${output.tooLarge} bytes; ${limits.resultBytesMax} are allowed.`;
      return { ok: false, code: "result_too_large", message };
    }
    return jsonOutcome(output.bytes);
  }

  /** The outcome, unless the run ended in one of the ways that `#outcome` knows. */
  #outcomeOfThrow(error: unknown): GuestOutcome | undefined {
    if (this.#ending) return undefined;
    if (error instanceof BadProgramInput) return { ok: false, code: "guest_error", message: error.message };
    if (error instanceof WasiError) {
      return { ok: false, code: "guest_error", message: "The files in input_data.wasi cannot be made." };
    }
    if (error instanceof WebAssembly.LinkError || error instanceof TypeError) {
      const reason = error.message.replace(/^WebAssembly\.Instance\(\): /, "");
      return { ok: false, code: "wasm_invalid", message: `The module does not link: ${reason}.` };
    }
    const message = trapMessage(error);
    if (message === undefined) throw error;
    this.#text.writeText("stderr", trapTrace(error));
    return { ok: false, code: "guest_error", message };
  }
}

/** Blocks the cell's thread, as a sleeping program does; the host's timeout ends it if need be. */
function sleep(ms: number): void {
  // A browser has it for pages that are cross-origin isolated.
  if (typeof SharedArrayBuffer === "undefined") refuseWith(errno.notSupported);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function jsonOutcome(bytes: Uint8Array): GuestOutcome {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { ok: false, code: "result_not_json", message: "What was given to set_output is not UTF-8." };
  }
  try {
    JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it does not parse";
    return {
      ok: false,
      code: "result_not_json",
      message: `What was given to set_output is not JSON: ${reason}.`,
    };
  }
  return { ok: true, resultJson: text };
}
