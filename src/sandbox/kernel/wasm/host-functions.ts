/// <reference path="../webassembly.d.ts" />
import { limits } from "../../../protocol/limits.ts";
import type { OutputStream } from "../../../protocol/output.ts";
import { DatabaseFunctions } from "./database-functions.ts";
import { type GuestMemory, OutOfBounds, u32 } from "./guest-memory.ts";
import { lend } from "./link.ts";

export const hostModuleName = "env";

/** What an instance lends to its module. */
export interface HostServices {
  memory: GuestMemory;
  write(stream: OutputStream, text: string): void;
  /** @returns a `HostAnswer` as JSON text */
  ask(op: string, argsJson: string): string;
  /** Ends the run because of what the module did; takes a sentence. */
  fail(message: string): never;
}

/** What `set_output` was given last. */
export type Output = { bytes: Uint8Array } | { tooLarge: number };

const asConsole = ["log", "info", "debug", "warn", "error"] as const;
const asStringBytesMax = 64 * 1024;

/**
 * The functions of the module `env`: Zerverless's own for input, output and the database, and those that code compiled by
 * AssemblyScript asks for on its own account (abort, seed, trace, console, Date).
 */
export class HostFunctions {
  readonly #services: HostServices;
  readonly #database: DatabaseFunctions;
  #input = new Uint8Array(0);
  output: Output | undefined;

  constructor(services: HostServices) {
    this.#services = services;
    this.#database = new DatabaseFunctions(services);
  }

  /** Before a run, or a call of a function. */
  begin(inputJson: string): void {
    this.#input = new TextEncoder().encode(inputJson);
    this.output = undefined;
  }

  /** Of the functions those with these names. */
  imports(names: readonly string[]): Record<string, WebAssembly.HostFunction> {
    const calls: Record<string, WebAssembly.HostFunction> = {
      get_input_len: () => this.#input.length,
      get_input: (target: unknown, length?: unknown) => this.#getInput(target, length),
      set_output: (from: unknown, length: unknown) => this.#setOutput(u32(from), u32(length)),
      ...this.#database.calls(),
      abort: (message: unknown, file: unknown, line: unknown, column: unknown) =>
        this.#abort(message, file, line, column),
      seed: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
      trace: (message: unknown, count: unknown, ...numbers: unknown[]) =>
        this.#trace(u32(message), u32(count), numbers),
      "Date.now": () => Math.floor(performance.timeOrigin + performance.now()),
      "performance.now": () => performance.now(),
    };
    for (const level of asConsole) {
      const stream = level === "warn" || level === "error" ? "stderr" : "stdout";
      calls[`console.${level}`] = (text: unknown) =>
        this.#services.write(stream, `${this.#assemblyScriptText(u32(text))}\n`);
    }
    return lend(calls, names, (call, name) => this.#namingFaults(call, name));
  }

  /** `get_input(ptr)` writes all of the input, `get_input(ptr, len)` at most len bytes; both answer how many. */
  #getInput(target: unknown, length: unknown): number {
    const part = length === undefined ? this.#input : this.#input.subarray(0, u32(length));
    this.#services.memory.bytes(u32(target), part.length).set(part);
    return part.length;
  }

  #setOutput(from: number, length: number): void {
    const bytes = this.#services.memory.bytes(from, length);
    this.output = length > limits.resultBytesMax ? { tooLarge: length } : { bytes: bytes.slice() };
  }

  #abort(message: unknown, file: unknown, line: unknown, column: unknown): never {
    const text = this.#assemblyScriptText(u32(message)) || "abort";
    const place = this.#assemblyScriptText(u32(file));
    return this.#services.fail(
      place === "" ? `${text}.` : `${text}, in ${place}:${u32(line)}:${u32(column)}.`,
    );
  }

  #trace(message: number, count: number, numbers: unknown[]): void {
    const shown = numbers.slice(0, count).filter((number) => typeof number === "number");
    this.#services.write("stderr", `trace: ${[this.#assemblyScriptText(message), ...shown].join(" ")}\n`);
  }

  /** AssemblyScript's strings are UTF-16, their length in bytes is in front of them, and null is 0. */
  #assemblyScriptText(at: number): string {
    if (at < 4 || !this.#services.memory.attached) return "";
    const length = Math.min(this.#services.memory.getU32(at - 4) & ~1, asStringBytesMax);
    const bytes = this.#services.memory.bytes(at, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    let text = "";
    for (let n = 0; n < length; n += 2) text += String.fromCharCode(view.getUint16(n, true));
    return text;
  }

  #namingFaults(call: WebAssembly.HostFunction, name: string): WebAssembly.HostFunction {
    return (...args: unknown[]) => {
      try {
        return call(...args);
      } catch (error) {
        if (!(error instanceof OutOfBounds)) throw error;
        return this.#services.fail(`The module called ${hostModuleName}.${name} wrongly: ${error.message}.`);
      }
    };
  }
}
