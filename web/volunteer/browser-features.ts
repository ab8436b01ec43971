import type { BrowserFeatures } from "./features.ts";

/** What this browser has; the same answers on a page and in its workers. */
export function browserFeatures(): BrowserFeatures {
  return {
    worker: typeof Worker === "function",
    webAssembly: typeof WebAssembly === "object",
    webSocket: typeof WebSocket === "function",
    crossOriginIsolated: globalThis.crossOriginIsolated === true,
    sharedMemory: typeof SharedArrayBuffer === "function",
    secureContext: globalThis.isSecureContext === true,
  };
}
