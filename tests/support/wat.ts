import wabt from "wabt";

const tools = wabt();
/** Not all that wabt knows is in its types. */
const features = { multi_memory: true, exceptions: true, threads: true, memory64: true };

/** The binary of a module in WebAssembly's text format, with its names. */
export async function assemble(wat: string): Promise<Uint8Array> {
  const { parseWat } = await tools;
  const module = parseWat("case.wat", new TextEncoder().encode(wat), features);
  const { buffer } = module.toBinary({ write_debug_names: true });
  module.destroy();
  return buffer;
}
