import { dirname, extname, resolve } from "node:path";
import type { BuildContext, BuildFailure, BuildOptions, BuildResult } from "esbuild";
import { UsageError } from "./usage-error.ts";

/** JavaScript made of one file and all that it imports. */
export interface Bundle {
  readonly code: string;
  /** Absolute paths of what it was made of. */
  readonly inputs: readonly string[];
}

const plainExtensions = new Set([".js", ".mjs", ".ts", ".mts"]);

/**
 * Whether a program has to be bundled. A file without imports goes as it is: its author's lines stay in its errors, and a
 * script's last value is its result, which no module has.
 */
export function needsBundling(path: string, code: string): boolean {
  return (
    !plainExtensions.has(extname(path)) ||
    /^\s*import\b[^(]|^\s*export\b[^;]*\bfrom\b|\brequire\(/m.test(code)
  );
}

function optionsFor(entry: string): BuildOptions & { metafile: true; write: false } {
  return {
    entryPoints: [entry],
    absWorkingDir: dirname(resolve(entry)),
    bundle: true,
    // Web standards are what a guest has: packages that know a form for workers or browsers give that.
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["worker", "browser", "import", "default"],
    format: "esm",
    target: "es2023",
    jsx: "automatic",
    legalComments: "none",
    charset: "utf8",
    logLevel: "silent",
    metafile: true,
    write: false,
  };
}

/** Bundles TypeScript and npm imports. Throws a sentence for each thing that is wrong with the sources. */
export async function bundle(entry: string): Promise<Bundle> {
  const { build } = await loadEsbuild();
  return bundleOf(entry, await build(optionsFor(resolve(entry))).catch(rethrow));
}

/** Bundles again and again, which after the first time is quick. */
export class Bundler implements AsyncDisposable {
  readonly #entry: string;
  readonly #context: BuildContext<{ metafile: true; write: false }>;

  private constructor(entry: string, context: BuildContext<{ metafile: true; write: false }>) {
    this.#entry = entry;
    this.#context = context;
  }

  static async open(entry: string): Promise<Bundler> {
    const { context } = await loadEsbuild();
    return new Bundler(entry, await context(optionsFor(resolve(entry))));
  }

  async bundle(): Promise<Bundle> {
    return bundleOf(this.#entry, await this.#context.rebuild().catch(rethrow));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.dispose();
  }
}

function bundleOf(
  entry: string,
  { outputFiles, metafile }: BuildResult<{ metafile: true; write: false }>,
): Bundle {
  const folder = dirname(resolve(entry));
  return {
    code: outputFiles[0]?.text ?? "",
    inputs: Object.keys(metafile.inputs).map((path) => resolve(folder, path)),
  };
}

async function loadEsbuild(): Promise<typeof import("esbuild")> {
  return await import("esbuild");
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function rethrow(error: unknown): never {
  if (!isBuildFailure(error)) throw error;
  const faults = error.errors.map(({ text, location }) => {
    const place = location ? `${location.file}:${location.line}:${location.column + 1}: ` : "";
    const missing = /^Could not resolve "([^"./][^"]*)"/.exec(text)?.[1];
    const advice = missing === undefined ? "" : `; run npm install ${missing} first`;
    return `${place}${text}${advice}`;
  });
  throw new UsageError(`The sources cannot be bundled.\n${faults.join("\n")}`, { cause: error });
}
