/*
 * What passes between a host of cells and the frame that makes them, over one port. The frame is this program's own
 * document, but the cells' workers run in its process: its host checks what it says as far as it acts on it.
 */
import type { CellKind } from "../../../protocol/languages.ts";

/** Host to frame. */
export type ToFrame =
  /** First, once: the text of the cell's script. */
  | { readonly t: "script"; readonly script: Blob }
  /** Before the first Python cell, once; answered by `python`. */
  | { readonly t: "python"; readonly wasm: ArrayBuffer; readonly snapshot: ArrayBuffer }
  | { readonly t: "start"; readonly cell: number; readonly kind: CellKind; readonly port: MessagePort }
  | { readonly t: "kill"; readonly cell: number }
  /** What the guest in this cell asked for, as JSON text in UTF-8; the cell's thread is blocked until it is there. */
  | { readonly t: "answer"; readonly cell: number; readonly bytes: Uint8Array }
  | { readonly t: "ping" };

/** Frame to host. */
export type FromFrame =
  /** `shares`: whether a cell's thread can be blocked until an answer is there. */
  | { readonly t: "ready"; readonly shares: boolean }
  /** The interpreter is compiled; or it could not be, for the reason given. */
  | { readonly t: "python"; readonly failure: string | undefined }
  /** A cell's script failed. */
  | { readonly t: "failed"; readonly cell: number; readonly message: string }
  | { readonly t: "pong" };

/** Frame to page, when its script runs and it can take its port. */
export const frameLoaded = "zerverless-frame-loaded";
/** Page to frame, with the port. */
export const frameConnect = "zerverless-frame-connect";
