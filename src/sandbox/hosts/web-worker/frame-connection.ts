import type { CellKind } from "../../../protocol/languages.ts";
import type { Clock, Timer } from "../../../stdx/clock.ts";
import type { Frame } from "../../kernel/wire.ts";
import type { CellEnd, CellLink, CellLinkEvents } from "../queued-cell.ts";
import type { FromFrame, ToFrame } from "./frame-messages.ts";

const pingMs = 1000;
/** A tab that wakes from sleep has missed one ping; a machine with too much to do may answer late. */
const missedPingsMax = 15;
const noBytes = new Uint8Array(0);
const encoder = new TextEncoder();

/** What a frame has when its interpreter is to be compiled. */
export interface PythonBytes {
  readonly wasm: ArrayBuffer;
  readonly snapshot: ArrayBuffer;
}

/** One sealed frame, from the port to its end. Its process may die of what a guest in one of its cells does. */
export class FrameConnection {
  readonly #port: MessagePort;
  readonly #clock: Clock;
  readonly #cells = new Map<number, FrameCell>();
  readonly #onLost: () => void;
  readonly #shares = Promise.withResolvers<boolean>();
  #python: PromiseWithResolvers<void> | undefined;
  #lastCell = 0;
  #missedPings = 0;
  #pinging: Timer | undefined;
  #isOpen = true;

  /** @param onLost called when the frame is gone, before its cells are told */
  constructor(port: MessagePort, script: Blob, clock: Clock, onLost: () => void) {
    this.#port = port;
    this.#clock = clock;
    this.#onLost = onLost;
    this.#shares.promise.catch(() => {});
    port.onmessage = ({ data }: MessageEvent<FromFrame>) => this.#hear(data);
    // Not every browser tells that the other end is gone: hence the pings.
    port.addEventListener("close", () => this.#end());
    this.#say({ t: "script", script });
    this.#ping();
  }

  /** Whether a guest's thread can wait for an answer. */
  get shares(): Promise<boolean> {
    return this.#shares.promise;
  }

  /** Compiles the interpreter, once. The bytes are given away. */
  setPython({ wasm, snapshot }: PythonBytes): Promise<void> {
    this.#python = Promise.withResolvers<void>();
    this.#say({ t: "python", wasm, snapshot }, [wasm, snapshot]);
    return this.#python.promise;
  }

  open(kind: CellKind, events: CellLinkEvents): CellLink {
    const cell = ++this.#lastCell;
    const { port1, port2 } = new MessageChannel();
    const opened = new FrameCell(port1, events, {
      answer: (bytes) => this.#say({ t: "answer", cell, bytes }),
      kill: () => {
        this.#cells.delete(cell);
        this.#say({ t: "kill", cell });
      },
    });
    this.#cells.set(cell, opened);
    this.#say({ t: "start", cell, kind, port: port2 }, [port2]);
    return opened;
  }

  close(): void {
    this.#pinging?.cancel();
    this.#isOpen = false;
    this.#port.close();
    const closed = new Error("The sealed frame is gone.");
    this.#shares.reject(closed);
    this.#python?.reject(closed);
  }

  #say(message: ToFrame, transfer: Transferable[] = []): void {
    if (this.#isOpen) this.#port.postMessage(message, transfer);
  }

  #hear(message: FromFrame): void {
    this.#missedPings = 0;
    if (message.t === "ready") this.#shares.resolve(message.shares);
    else if (message.t === "python" && message.failure === undefined) this.#python?.resolve();
    else if (message.t === "python") this.#python?.reject(new Error(message.failure));
    else if (message.t === "failed") this.#cells.get(message.cell)?.end(brokenKernel(message.message));
  }

  #ping(): void {
    this.#pinging = this.#clock.after(pingMs, () => {
      if (++this.#missedPings > missedPingsMax) {
        this.#end();
        return;
      }
      this.#say({ t: "ping" });
      this.#ping();
    });
  }

  /** The frame's process is dead, which is what becomes of it when a guest's data fill its heap. */
  #end(): void {
    if (!this.#isOpen) return;
    this.close();
    const cells = [...this.#cells.values()];
    this.#cells.clear();
    this.#onLost();
    for (const cell of cells) cell.end({ cause: "elsewhere", message: "The browser ended the cell." });
  }
}

/** What failed outside of any task. */
const brokenKernel = (message: string): CellEnd => ({
  cause: /memory/i.test(message) ? "memory" : "crash",
  message: `The cell's runtime failed: ${message}`,
});

/** The way to one cell in a frame. */
class FrameCell implements CellLink {
  readonly #port: MessagePort;
  readonly #events: CellLinkEvents;
  readonly #frame: { answer(bytes: Uint8Array): void; kill(): void };

  constructor(
    port: MessagePort,
    events: CellLinkEvents,
    frame: { answer(bytes: Uint8Array): void; kill(): void },
  ) {
    this.#port = port;
    this.#events = events;
    this.#frame = frame;
    port.onmessage = ({ data }: MessageEvent<unknown>) => events.frame(readFrame(data));
  }

  send(...[header, payload = noBytes]: Parameters<CellLink["send"]>): void {
    const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
    if (header.t === "answer") this.#frame.answer(bytes);
    else this.#port.postMessage({ header, payload: bytes });
  }

  /** No browser stops a worker but for good. */
  suspend(): boolean {
    return false;
  }

  resume(): void {}

  kill(): void {
    this.#port.close();
    this.#frame.kill();
  }

  end(end: CellEnd): void {
    this.#events.ended(end);
  }
}

/** Whatever a cell sent, as a frame; `QueuedCell` finds out whether it is one of the protocol. */
function readFrame(data: unknown): Frame {
  if (typeof data !== "object" || data === null) return { header: undefined, payload: noBytes };
  const { header, payload } = data as { header?: unknown; payload?: unknown };
  if (payload === undefined) return { header, payload: noBytes };
  return payload instanceof Uint8Array ? { header, payload } : { header: undefined, payload: noBytes };
}
