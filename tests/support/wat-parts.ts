import type { KernelCase, ModuleCase } from "./kernel-cases.ts";

/* Pieces of WebAssembly text that the cases are put together from. */

type Rest = Omit<KernelCase, "name">;
export const works = (name: string, wat: string, rest: Rest): ModuleCase => ({ name, wat, ...rest });

export const input = `(import "env" "get_input_len" (func $input_len (result i32)))
  (import "env" "get_input" (func $input (param i32) (result i32)))`;
export const output = `(import "env" "set_output" (func $output (param i32 i32)))`;
export const memory = `(memory (export "memory") 1)`;

/** A string in memory at an address. */
export const data = (at: number, text: string) =>
  `(data (i32.const ${at}) "${text.replace(/["\\\n\0]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, "0")}`)}")`;
