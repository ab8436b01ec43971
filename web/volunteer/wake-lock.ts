/** Keeps the screen on while it is wanted, the page is in view and the browser allows it. */
export class WakeLock {
  #wanted = false;
  #held: WakeLockSentinel | undefined;
  #asking = false;

  constructor() {
    // Browsers take it back from a page that is hidden.
    document.addEventListener("visibilitychange", () => void this.#hold());
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    if (wanted) {
      void this.#hold();
    } else {
      void this.#held?.release();
      this.#held = undefined;
    }
  }

  async #hold(): Promise<void> {
    const free = this.#held === undefined || this.#held.released;
    if (!this.#wanted || !free || this.#asking || document.visibilityState !== "visible") return;
    this.#asking = true;
    try {
      // Absent on plain HTTP and in older browsers.
      this.#held = await navigator.wakeLock?.request("screen");
    } catch {
      // Refused, as with a low battery: then the screen goes off as it always does.
    } finally {
      this.#asking = false;
    }
    if (!this.#wanted) this.want(false);
  }
}
