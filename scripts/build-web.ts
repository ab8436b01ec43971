/** Builds the web pages: `node scripts/build-web.ts`. */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "vite";
import { buildTabKernel } from "./build-tab-kernel.ts";
import { root } from "./program.ts";
import { refresh } from "./source-stamp.ts";

/** The documents of the site, by their folders in `web/`. */
const documents = ["dashboard", "docs", "volunteer", "volunteer/embed"];
/** What sites name in their own pages keeps its name, and is one file. */
const embedScript = { source: "web/volunteer/embed/embed-script.ts", name: "volunteer/embed.js" };

/** Whatever the pages are made of. */
const sources = {
  root,
  folders: ["web", "src/client", "src/worker", "src/sandbox", "src/protocol", "src/stdx", "examples"].filter(
    (folder) => existsSync(join(root, folder)),
  ),
  files: [
    "package-lock.json",
    "scripts/build-web.ts",
    "scripts/build-kernel.ts",
    "scripts/build-tab-kernel.ts",
  ],
};

const compressible = new Set([".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".txt", ".map"]);
const compressedBytesMin = 512;
const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** The folder of the built site, made anew if its sources have changed. */
export function freshWeb(): Promise<string> {
  return refresh(join(root, "build/web"), sources, buildWeb);
}

/** Writes the site with compressed twins (`.br`, `.gz`) beside every file that they make smaller. */
export async function buildWeb(outDir: string): Promise<void> {
  await build({
    root: join(root, "web"),
    configFile: false,
    logLevel: "warn",
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      modulePreload: { polyfill: false },
      // Everything inlined would escape the content security policy's `script-src 'self'`.
      assetsInlineLimit: 0,
      // The interpreters are large, and come only when they are asked for; a test holds the first load to its bound.
      chunkSizeWarningLimit: 4096,
      rolldownOptions: {
        input: documents.map((name) => join(root, "web", name, "index.html")),
      },
    },
    worker: { format: "es" },
  });
  await writeCells(outDir);
  await buildScript(outDir, embedScript);
  const files = await readdir(outDir, { recursive: true, withFileTypes: true });
  await Promise.all(
    files.filter((entry) => entry.isFile()).map((entry) => compress(join(entry.parentPath, entry.name))),
  );
}

/** Adds what a volunteer's page makes cells of, and a page's worth of JSON that says where the script is. */
async function writeCells(outDir: string): Promise<void> {
  const { script, frame } = await buildTabKernel();
  const path = `assets/${script.name}`;
  await writeFile(join(outDir, path), script.text);
  await writeFile(join(outDir, "volunteer/frame.html"), frame);
  await writeFile(join(outDir, "volunteer/cells.json"), JSON.stringify({ script: `/${path}` }));
}

/** Writes one script for pages that know nothing of modules. */
async function buildScript(
  outDir: string,
  { source, name }: { source: string; name: string },
): Promise<void> {
  await build({
    root: join(root, "web"),
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir,
      emptyOutDir: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: {
        input: join(root, source),
        output: { format: "iife", entryFileNames: name },
      },
    },
  });
}

async function compress(path: string): Promise<void> {
  if (!compressible.has(extname(path))) return;
  const bytes = await readFile(path);
  if (bytes.length < compressedBytesMin) return;
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  await writeFile(`${path}.br`, await brotli(bytes, { params }));
  await writeFile(`${path}.gz`, await gzipped(bytes, { level: 9 }));
}

if (import.meta.main) console.log(relative(process.cwd(), await freshWeb()));
