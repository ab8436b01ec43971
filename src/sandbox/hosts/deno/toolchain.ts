import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where the programs and files are that a cell is made of. Everything comes with the installed packages. */
export interface Toolchain {
  readonly deno: string;
  /** Shared libraries of the Deno binary and its loader, as absolute paths. */
  readonly libraries: readonly string[];
  /** The folder of the pyodide package. */
  readonly pyodideDir: string;
  /** The kernel bundle. */
  readonly kernel: string;
}

export async function findToolchain(kernel: string): Promise<Toolchain> {
  const require = createRequire(import.meta.url);
  const deno = denoBinary(require);
  return {
    deno,
    libraries: await librariesOf(deno),
    pyodideDir: dirname(require.resolve("pyodide/package.json")),
    kernel,
  };
}

/** The binary lies in a package for this system beside the package `deno`, whose own program is a Node script. */
function denoBinary(require: NodeJS.Require): string {
  const nearDeno = createRequire(require.resolve("deno/package.json"));
  const systems = [`${process.platform}-${process.arch}-glibc`, `${process.platform}-${process.arch}`];
  for (const system of systems) {
    try {
      const binary = join(dirname(nearDeno.resolve(`@deno/${system}/package.json`)), "deno");
      if (existsSync(binary)) return binary;
    } catch {
      // Not for this system: try the next name.
    }
  }
  throw new Error(
    `There is no Deno for ${process.platform} on ${process.arch} among the installed packages.`,
  );
}

async function librariesOf(binary: string): Promise<string[]> {
  try {
    const { stdout } = await run("ldd", [binary]);
    const paths = stdout.match(/(?<==> |^\s*)\/\S+/gm);
    if (paths && paths.length > 0) return paths.map((path) => path.trim());
  } catch {
    // No ldd, or a static binary: the system's library folders serve instead.
  }
  return ["/lib", "/lib64", "/usr/lib"].filter((folder) => existsSync(folder));
}
