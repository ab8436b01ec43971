const encoder = new TextEncoder();

/** Whether a text takes at most `bytesMax` bytes in UTF-8. */
export function fitsUtf8(text: string, bytesMax: number): boolean {
  // A UTF-16 unit takes one to three bytes, so most texts need no count.
  if (text.length * 3 <= bytesMax) return true;
  if (text.length > bytesMax) return false;
  return encoder.encode(text).length <= bytesMax;
}

/** The longest beginning of a text that takes at most `bytesMax` bytes in UTF-8, with no character cut in two. */
export function clipUtf8(text: string, bytesMax: number): string {
  if (fitsUtf8(text, bytesMax)) return text;
  const { read } = encoder.encodeInto(text.slice(0, bytesMax), new Uint8Array(bytesMax));
  return text.slice(0, read);
}

/** How many bytes a text takes in UTF-8. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
