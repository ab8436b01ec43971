/** Put there by `scripts/build-tab-kernel.ts`. */

/** As scope.ts takes it. */
declare const kernelScope: Readonly<Record<string, unknown>>;

/** Modules as scripts. */
declare const cellParts: {
  /** `kernel/js/realm/prelude.ts`: an expression that evaluates to its exports. */
  readonly prelude: string;
  /** `kernel/js/realm/fetch/part.ts`, likewise. */
  readonly fetch: string;
  /** `kernel/js/typescript.ts`: a function that takes the kernel's scope and returns its exports, as the others. */
  readonly typescript: string;
  /** `kernel/lua/lua.ts` */
  readonly lua: string;
  /** `kernel/wasm/wasm.ts` */
  readonly wasm: string;
  /** `kernel/python/python.ts` */
  readonly python: string;
};

/** Of a message to a worker or a port. */
interface Message<Data> {
  readonly data: Data;
}

interface MessagePort {
  onmessage: ((message: Message<unknown>) => void) | null;
  postMessage(message: unknown): void;
}

declare class MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}

interface RejectionEvent {
  readonly reason: unknown;
  preventDefault(): void;
}

declare function addEventListener(
  type: "unhandledrejection",
  listener: (event: RejectionEvent) => void,
): void;
declare function postMessage(message: undefined): void;
