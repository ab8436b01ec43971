/// <reference path="../webassembly.d.ts" />
import { limits } from "../../../protocol/limits.ts";
import type { OutputStream } from "../../../protocol/output.ts";
import type { GuestIo, GuestOutcome } from "../guest.ts";
import type { GuestText } from "../guest-text.ts";
import { askHost } from "../host-question.ts";
import type { Compiled } from "./compiled-modules.ts";
import { GuestMemory } from "./guest-memory.ts";
import { HostFunctions, hostModuleName } from "./host-functions.ts";
import { linkProblem, wasmNames } from "./link.ts";
import { BadProgramInput } from "./program-input.ts";
import { trapMessage, trapTrace } from "./traps.ts";
import type { WasiSetup } from "./wasi/context.ts";
import { errno, refuseWith, WasiError } from "./wasi/errno.ts";
import { wasiImports, wasiModuleName } from "./wasi/wasi.ts";

export type UsableModule = Extract<Compiled, { ok: true }>;

/** Who is at the other end of an instance while it works. */
export interface Caller {
  readonly inputJson: string;
  readonly io: GuestIo;
  readonly text: GuestText;
}

/** The module ends its work, by an exit or by a fault that the message tells in a sentence. */
class Ending extends Error {
  readonly exitCode: number | undefined;

  constructor(message: string, exitCode?: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** One instance of a module with all that it is lent. */
export class ModuleInstance {
  readonly #compiled: UsableModule;
  readonly #setup: () => WasiSetup;
  readonly #memory = new GuestMemory();
  readonly #host: HostFunctions;
  #caller: Caller;
  #exports: Readonly<Record<string, unknown>> = {};
  /**
   * The first of its kind. Kept, because a module with exception handling can catch what its host throws, and go on: its
   * work has ended all the same.
   */
  #ending: Ending | undefined;
  #trapped = false;

  /** @param setup what a WASI program is started with; called only for a module that is one */
  constructor(compiled: UsableModule, setup: () => WasiSetup, caller: Caller) {
    this.#compiled = compiled;
    this.#setup = setup;
    this.#caller = caller;
    this.#host = new HostFunctions({
      memory: this.#memory,
      write: (stream, line) => this.#caller.text.writeText(stream, line),
      ask: (op, argsJson) => askHost(this.#caller.io, op, argsJson),
      fail: (message) => this.#end(new Ending(message)),
    });
    this.#host.begin(caller.inputJson);
  }

  /** It was stopped in the middle of something, so nobody knows what state its memory is in. */
  get broken(): boolean {
    return this.#trapped || this.#ending !== undefined;
  }

  /** Links it and runs its start function, if it has one. @returns the outcome when it has ended by that */
  open(): GuestOutcome | undefined {
    try {
      const imports = this.#imports();
      const problem = linkProblem(this.#compiled.outline, imports);
      if (problem !== undefined) return { ok: false, code: "wasm_invalid", message: problem };
      this.#addMemory(imports);
      this.#exports = new WebAssembly.Instance(this.#compiled.module, imports).exports;
      const memory = this.#exports[wasmNames.memory];
      if (memory instanceof WebAssembly.Memory) this.#memory.attach(memory);
    } catch (error) {
      return this.#outcomeOfThrow(error);
    }
    return this.#ending && this.#outcome();
  }

  /** Makes a caller the one that the next calls are for. */
  begin(caller: Caller): void {
    this.#caller = caller;
    this.#host.begin(caller.inputJson);
  }

  /** Calls the exports of these names that there are, one after the other, until the module ends its work. */
  call(...names: readonly string[]): GuestOutcome {
    try {
      for (const name of names) {
        const entry = this.#exports[name];
        if (typeof entry === "function" && !this.#ending) entry();
      }
    } catch (error) {
      return this.#outcomeOfThrow(error);
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
        write: (stream: OutputStream, bytes: Uint8Array<ArrayBuffer>) =>
          this.#caller.text.write(stream, bytes),
        sleep,
        exit: (code: number) => this.#end(new Ending(`The program exited with code ${code}.`, code)),
      };
      imports[wasiModuleName] = wasiImports(this.#setup(), services, wasiNames);
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

  #outcome(): GuestOutcome {
    if (this.#ending && this.#ending.exitCode !== 0) {
      return { ok: false, code: "guest_error", message: this.#ending.message };
    }
    const { output } = this.#host;
    // What a program printed is the result of one that set none, in every language: that is not the instance's to say.
    if (!output) return { ok: true, resultJson: undefined };
    if ("tooLarge" in output) {
      const message = `The result's JSON has ${output.tooLarge} bytes; ${limits.resultBytesMax} are allowed.`;
      return { ok: false, code: "result_too_large", message };
    }
    return jsonOutcome(output.bytes);
  }

  #outcomeOfThrow(error: unknown): GuestOutcome {
    if (this.#ending) return this.#outcome();
    this.#trapped = true;
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
    this.#caller.text.writeText("stderr", trapTrace(error));
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
