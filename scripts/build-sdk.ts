/** Writes `dist-sdk/`, the client as a package of its own that installs nothing else: `npm pack ./dist-sdk` packs it. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { clientDeclarations } from "./client-types.ts";
import { root } from "./program.ts";
import { publishedText } from "./publish-module.ts";

const sources = join(root, "src/client");
const sdk = join(root, "dist-sdk");
const manifestSchema = z.object({ version: z.string(), license: z.string() });

export async function buildSdk(): Promise<string> {
  await rm(sdk, { recursive: true, force: true });
  await mkdir(sdk);
  const { version, license } = manifestSchema.parse(
    JSON.parse(await readFile(join(root, "package.json"), "utf8")),
  );
  const manifest = {
    name: "zerverless-client",
    version,
    description: "Client of Zerverless, for Node, Deno, Bun and browsers. No dependencies.",
    license,
    type: "module",
    sideEffects: false,
    exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
    files: ["*.js", "*.d.ts"],
  };
  await writeFile(join(sdk, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(root, "LICENSE"), join(sdk, "LICENSE"));
  await writeFile(join(sdk, "README.md"), withoutLinks(await readFile(join(root, "docs/sdk.md"), "utf8")));
  await Promise.all([writeModules(sdk), writeDeclarations(sdk)]);
  return sdk;
}

/** The pages beside it are not in the package. */
function withoutLinks(markdown: string): string {
  return markdown.replaceAll(/\[([^\]]+)\]\(\w[\w.-]*\.md[^)]*\)/g, "$1");
}

async function writeModules(folder: string): Promise<void> {
  const names = (await readdir(sources)).filter((name) => !name.endsWith(".test.ts"));
  await Promise.all(
    names.map(async (name) =>
      writeFile(
        join(folder, name.replace(/\.ts$/, ".js")),
        await publishedText(join(sources, name), "es2022"),
      ),
    ),
  );
}

/** Types that stand by themselves, beside the client's modules. */
export async function writeDeclarations(folder: string): Promise<void> {
  for (const [name, text] of clientDeclarations()) await writeFile(join(folder, name), text);
}

if (import.meta.main) console.log(relative(process.cwd(), await buildSdk()));
