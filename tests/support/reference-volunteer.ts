import { runInNewContext } from "node:vm";
import { WebSocket } from "ws";

/**
 * A volunteer that knows the reference protocol and nothing else: one job at a time, `ready` again after each. It runs
 * JavaScript in this process, which is no sandbox.
 */
export class ReferenceVolunteer implements Disposable {
  readonly #socket: WebSocket;
  #jobs = 0;

  constructor(url: URL) {
    this.#socket = new WebSocket(url);
    this.#socket.on("open", () => this.#ready());
    this.#socket.on("message", (data) => this.#receive(JSON.parse(String(data))));
    this.#socket.on("error", () => {});
  }

  /** How many jobs came here. */
  get jobs(): number {
    return this.#jobs;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #ready(): void {
    this.#send({
      type: "ready",
      capabilities: { wasm: false, python: false, lua: false, js: true, max_memory_mb: 512 },
    });
  }

  #receive(message: { type: string; job_id: string; code: string; input_data: unknown }): void {
    if (message.type !== "job") return;
    this.#jobs++;
    const { job_id } = message;
    try {
      const result: unknown = runInNewContext(message.code, { INPUT: message.input_data }, { timeout: 1000 });
      this.#send({ type: "result", job_id, result });
    } catch (error) {
      this.#send({ type: "error", job_id, error: String(error) });
    }
    this.#ready();
  }

  #send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}
