/** Files that the kernel's bundle carries inside: bytes and texts by their loaders in scripts/build-kernel.ts. */
declare module "*.wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

declare module "*.lua" {
  const text: string;
  export default text;
}
