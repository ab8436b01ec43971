import type { PlainHost } from "./host-functions.ts";

export class SubtleHost {
  constructor(_plain: PlainHost, _done: (operation: number, answer: string, byteLength: number) => void) {}
  begin(_operation: number, _request: string, _bytes: Uint8Array): void {}
  end(): void {}
}
