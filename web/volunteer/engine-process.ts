import { type OpenFrame, openFrame } from "../../src/sandbox/hosts/web-worker/open-frame.ts";
import type { EngineCommand, EngineReport, EngineSnapshot } from "./engine/messages.ts";

const frameUrl = "/volunteer/frame";

export interface EngineEvents {
  report(snapshot: EngineSnapshot): void;
  /** It could not be started, or broke; it is gone. @param sentence why */
  failed(sentence: string): void;
}

/**
 * The engine's worker, as the page has it. The page opens the sealed frame for it, which only a document can, and hands
 * over the frame's port: what passes between the engine and the cells does not go through the page.
 */
export class EngineProcess {
  readonly #worker: Worker;
  readonly #events: EngineEvents;
  #frame: OpenFrame | undefined;
  /** The engine will want it as soon as it runs: both load side by side. */
  #firstFrame: Promise<OpenFrame> | undefined = openFrame(frameUrl);

  constructor(events: EngineEvents) {
    this.#events = events;
    this.#firstFrame?.catch(() => {});
    this.#worker = new Worker(new URL("./engine/main.ts", import.meta.url), {
      type: "module",
      name: "engine",
    });
    this.#worker.onmessage = ({ data }: MessageEvent<EngineReport>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message || "its program could not be loaded");
    };
  }

  /** Ends it at once, and with it everything that runs. */
  end(): void {
    this.#worker.terminate();
    this.#frame?.close();
    this.#firstFrame?.then((frame) => frame.close()).catch(() => {});
  }

  command(command: EngineCommand, transfer: Transferable[] = []): void {
    this.#worker.postMessage(command, transfer);
  }

  #hear(report: EngineReport): void {
    switch (report.type) {
      case "snapshot":
        this.#events.report(report);
        return;
      case "frame-wanted":
        void this.#openFrame();
        return;
      case "failed":
        this.#fail(report.reason);
        return;
    }
  }

  async #openFrame(): Promise<void> {
    this.#frame?.close();
    try {
      const opening = this.#firstFrame ?? openFrame(frameUrl);
      this.#firstFrame = undefined;
      this.#frame = await opening;
      const { port } = this.#frame;
      this.command({ type: "frame", port }, [port]);
    } catch (error) {
      this.command({ type: "no-frame", reason: error instanceof Error ? error.message : String(error) });
    }
  }

  #fail(reason: string): void {
    this.end();
    this.#events.failed(
      `What runs the work broke off: ${reason.replace(/\.$/, "")}. Try again, or reload the page.`,
    );
  }
}
