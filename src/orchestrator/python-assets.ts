import type { PythonAssets } from "../http/python-assets.ts";
import type { PythonAssetFiles, PythonAssetFilesParts } from "../sandbox/hosts/deno/python-assets.ts";

/** The files of Python for browsers, which are looked for, or made, when the first browser asks. */
export function lazyPythonAssets(parts: PythonAssetFilesParts): PythonAssets & AsyncDisposable {
  let files: Promise<PythonAssetFiles> | undefined;
  return {
    async list() {
      files ??= import("../sandbox/hosts/deno/python-assets.ts").then(
        ({ PythonAssetFiles }) => new PythonAssetFiles(parts),
      );
      return (await files).list();
    },
    async [Symbol.asyncDispose]() {
      await (await files)?.[Symbol.asyncDispose]();
    },
  };
}
