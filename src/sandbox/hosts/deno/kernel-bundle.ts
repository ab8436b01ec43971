import { existsSync } from "node:fs";
import { join } from "node:path";

/** What a published package carries instead of sources. */
const shipped = join(import.meta.dirname, "kernel.js");

/**
 * The path of the kernel bundle: the one a package ships, or in a checkout the one made of the sources as they are.
 * Making it takes a fraction of a second, and only after a change.
 */
export async function kernelBundle(): Promise<string> {
  if (existsSync(shipped)) return shipped;
  // Only a checkout has this script, and esbuild.
  const { freshKernel } = await import("../../../../scripts/build-kernel.ts");
  return await freshKernel();
}
