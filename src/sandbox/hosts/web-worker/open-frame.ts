import { frameConnect, frameLoaded } from "./frame-messages.ts";

/** A sealed frame in a page. */
export interface OpenFrame {
  /** For the host of cells, which may live in another thread of this origin. */
  readonly port: MessagePort;
  /** Takes the frame out of the page, and with it all cells that are in it. */
  close(): void;
}

const loadMsMax = 20_000;

/**
 * Puts the sealed frame into a page, where nobody sees it, and connects to it.
 * @param url of the frame's document, on the page's own origin
 */
export function openFrame(url: string): Promise<OpenFrame> {
  const element = document.createElement("iframe");
  // Its own policy says so too: without both, it would be an ordinary document of this origin.
  element.sandbox.add("allow-scripts");
  element.allow = "cross-origin-isolated";
  element.hidden = true;
  element.title = "Cells";
  element.src = url;
  const close = () => element.remove();
  return new Promise((resolve, reject) => {
    const hear = ({ source, origin, data }: MessageEvent) => {
      if (source !== element.contentWindow || origin !== "null" || data !== frameLoaded) return;
      stop();
      const { port1, port2 } = new MessageChannel();
      // A document without an origin has no name to send to; who it is was checked above.
      element.contentWindow?.postMessage(frameConnect, "*", [port2]);
      resolve({ port: port1, close });
    };
    const timer = setTimeout(() => {
      stop();
      close();
      reject(new Error("The sealed frame did not load."));
    }, loadMsMax);
    const stop = () => {
      clearTimeout(timer);
      removeEventListener("message", hear);
    };
    addEventListener("message", hear);
    document.body.append(element);
  });
}
