/** Where the engine waits for sealed frames, which the page opens for it one at a time. */
export class FrameDesk {
  readonly #want: () => void;
  #waiting: PromiseWithResolvers<MessagePort> | undefined;

  /** @param want asks the page for a frame */
  constructor(want: () => void) {
    this.#want = want;
  }

  open(): Promise<MessagePort> {
    this.#waiting?.reject(new Error("Another frame was asked for."));
    this.#waiting = Promise.withResolvers();
    this.#want();
    return this.#waiting.promise;
  }

  opened(port: MessagePort): void {
    this.#waiting?.resolve(port);
  }

  failed(reason: string): void {
    this.#waiting?.reject(new Error(reason));
  }
}
