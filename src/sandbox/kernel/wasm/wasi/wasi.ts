/// <reference path="../../webassembly.d.ts" />
import { OutOfBounds } from "../guest-memory.ts";
import { lend } from "../link.ts";
import { WasiContext, type WasiHost, type WasiSetup } from "./context.ts";
import { errno, WasiError } from "./errno.ts";
import { fdCalls } from "./fd-calls.ts";
import { pathCalls } from "./path-calls.ts";
import { processCalls } from "./process-calls.ts";

export const wasiModuleName = "wasi_snapshot_preview1";

/**
 * WASI preview 1 (https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md) for one run of one program:
 * arguments, environment, standard streams, clocks, randomness, and a file system in memory. There is no way out of it.
 *
 * Whatever a program passes, a call answers an error number; `proc_exit` alone does not return.
 *
 * @param names what the program imports: of these, the calls that there are
 */
export function wasiImports(
  setup: WasiSetup,
  host: WasiHost,
  names: readonly string[],
): Record<string, WebAssembly.HostFunction> {
  const context = new WasiContext(setup, host);
  const calls = { ...processCalls(context), ...fdCalls(context), ...pathCalls(context) };
  return lend(calls, names, answeringErrno);
}

function answeringErrno(call: WebAssembly.HostFunction): WebAssembly.HostFunction {
  return (...args: unknown[]): number => {
    try {
      call(...args);
      return errno.success;
    } catch (error) {
      if (error instanceof WasiError) return error.errno;
      if (error instanceof OutOfBounds) return errno.fault;
      throw error;
    }
  };
}
