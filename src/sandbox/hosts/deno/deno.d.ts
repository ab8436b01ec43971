/** What the shell uses of Deno, which is all that it may. */
declare const Deno: {
  readonly args: readonly string[];
  readonly stdin: { readSync(into: Uint8Array): number | null };
  readonly stdout: { writeSync(bytes: Uint8Array): number };
  readFileSync(path: string): Uint8Array<ArrayBuffer>;
  exit(code?: number): never;
};

declare module "node:vm" {
  export interface Context {
    readonly [key: string]: unknown;
  }
  export class Script {
    constructor(source: string, options?: { filename?: string });
    runInContext(context: Context): unknown;
    runInThisContext(): unknown;
  }
  export const constants: { readonly DONT_CONTEXTIFY: symbol };
  export function createContext(kind: symbol): Context;
}

declare module "node:timers" {
  export function setImmediate(callback: () => void): unknown;
}

interface HostEvent {
  /** Of an unhandled rejection. */
  readonly reason?: unknown;
  preventDefault(): void;
}

declare function addEventListener(
  type: "unhandledrejection" | "error",
  listener: (event: HostEvent) => void,
): void;

/** Put there by `scripts/build-kernel.ts`: modules as scripts, each an expression that evaluates to its exports. */
declare const kernelParts: {
  /** `kernel/js/realm/prelude.ts` */
  readonly prelude: string;
  /** `kernel/js/realm/fetch/part.ts` */
  readonly fetch: string;
  /** `kernel/js/typescript.ts` */
  readonly typescript: string;
  /** `kernel/lua/lua.ts` */
  readonly lua: string;
  /** `kernel/wasm/wasm.ts` */
  readonly wasm: string;
};
