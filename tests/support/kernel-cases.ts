import type { JobErrorCode } from "../../src/protocol/errors.ts";
import type { Json } from "../../src/protocol/json.ts";

/** How a run ends. */
export type ExpectedOutcome =
  | { readonly result: Json }
  /** The guest returned nothing. */
  | { readonly result?: never; readonly nothing: true }
  | { readonly error: JobErrorCode; readonly message: RegExp };

/** One piece of guest work and what becomes of it; the same natively and in a browser. */
export interface KernelCase {
  /** A sentence. */
  readonly name: string;
  readonly input?: Json;
  readonly memoryMb?: number;
  /** Why a browser cannot do this. */
  readonly nativeOnly?: string;
  readonly expected: ExpectedOutcome;
  /** All that was printed, exactly, or a pattern in it. Not looked at when left out. */
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

export interface SourceCase extends KernelCase {
  readonly code: string;
}

export interface ModuleCase extends KernelCase {
  /** WebAssembly text, to be assembled by wabt. */
  readonly wat: string;
}

export const result = (value: Json): ExpectedOutcome => ({ result: value });
export const nothing: ExpectedOutcome = { nothing: true };
export const failure = (error: JobErrorCode, message: RegExp): ExpectedOutcome => ({ error, message });
