import type { Browser, CDPSession } from "playwright-core";

/** A tab behind all others, as the browser itself makes it: its page is hidden, and its timers are slowed down. */
export class HiddenTab {
  readonly #session: CDPSession;
  readonly #sessionId: string;
  #nextId = 1;

  private constructor(session: CDPSession, sessionId: string) {
    this.#session = session;
    this.#sessionId = sessionId;
  }

  static async open(browser: Browser, url: string): Promise<HiddenTab> {
    const session = await browser.newBrowserCDPSession();
    // Without a window of its own it comes up behind the tab that is there.
    await session.send("Target.createTarget", { url: "about:blank", newWindow: true });
    const { targetId } = await session.send("Target.createTarget", {
      url,
      background: true,
      newWindow: false,
    });
    const { sessionId } = await session.send("Target.attachToTarget", { targetId, flatten: false });
    return new HiddenTab(session, sessionId);
  }

  /** The value of an expression on the page; of a promise, what it resolves with. */
  async evaluate(expression: string): Promise<unknown> {
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    const hear = ({ sessionId, message }: { sessionId: string; message: string }) => {
      if (sessionId !== this.#sessionId) return;
      const said: { id?: number; result?: { result?: { value?: unknown } } } = JSON.parse(message);
      if (said.id === id) answer.resolve(said.result?.result?.value);
    };
    this.#session.on("Target.receivedMessageFromTarget", hear);
    await this.#session.send("Target.sendMessageToTarget", {
      sessionId: this.#sessionId,
      message: JSON.stringify({
        id,
        method: "Runtime.evaluate",
        params: { expression, awaitPromise: true, returnByValue: true },
      }),
    });
    const value = await answer.promise;
    this.#session.off("Target.receivedMessageFromTarget", hear);
    return value;
  }
}
