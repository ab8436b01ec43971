import { type Language, languages } from "../../../../src/protocol/languages.ts";
import type { Mode } from "./draft.ts";

/*
 * The repository's examples, bundled when the site is built: what they are at once, what is in them when one is picked.
 */

const folder = "../../../../examples/";
const jobFiles = import.meta.glob<string>("../../../../examples/*/example.json", {
  query: "?raw",
  import: "default",
});
const codeFiles = import.meta.glob<string>(
  ["../../../../examples/*/main.*", "../../../../examples/functions/*.{js,lua,py}"],
  { query: "?raw", import: "default" },
);
/** Modules are built from source; where nobody built them their examples are not offered. */
const moduleFiles = import.meta.glob<string>("../../../../examples/*/build/*.wasm", {
  query: "?url",
  import: "default",
  eager: true,
});

export interface Example {
  readonly name: string;
  readonly title: string;
  readonly mode: Mode;
  readonly language: Language;
  readonly load: () => Promise<ExampleContent>;
}

export interface ExampleContent {
  readonly code: string | undefined;
  readonly module: { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  /** JSON; undefined for functions. */
  readonly input: string | undefined;
}

const extensions: Readonly<Record<string, Language>> = { py: "python", js: "js", lua: "lua", wasm: "wasm" };

/** Modules among the examples that are functions. */
const moduleFunctions: ReadonlySet<string> = new Set(["wasm-counter"]);

function jobExamples(): Example[] {
  return Object.entries(jobFiles).flatMap(([path, load]): Example[] => {
    const name = path.slice(folder.length).replace("/example.json", "");
    const code = Object.keys(codeFiles).find((file) => file.startsWith(`${folder}${name}/`));
    const module = Object.keys(moduleFiles).find((file) => file.startsWith(`${folder}${name}/`));
    const file = code ?? module;
    const language = file && extensions[file.split(".").at(-1) ?? ""];
    if (!file || !language) return [];
    const mode = moduleFunctions.has(name) ? "function" : "job";
    return [
      {
        name,
        title: titleOf(name),
        mode,
        language,
        load: async () => ({ ...(await contentOf(file)), input: inputOf(await load()) }),
      },
    ];
  });
}

function functionExamples(): Example[] {
  return Object.keys(codeFiles)
    .filter((file) => file.startsWith(`${folder}functions/`))
    .flatMap((file): Example[] => {
      const [name = "", extension = ""] = file.slice(`${folder}functions/`.length).split(".");
      const language = extensions[extension];
      if (!language) return [];
      const load = async () => ({ ...(await contentOf(file)), input: undefined });
      return [{ name: `${name}-${extension}`, title: titleOf(name), mode: "function", language, load }];
    });
}

async function contentOf(file: string): Promise<Omit<ExampleContent, "input">> {
  const code = await codeFiles[file]?.();
  if (code !== undefined) return { code, module: undefined };
  const response = await fetch(moduleFiles[file] ?? "");
  if (!response.ok) throw new Error("The example's module could not be fetched.");
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { code: undefined, module: { name: file.split("/").at(-1) ?? "", bytes } };
}

/** The input of an `example.json`, as one would type it. */
function inputOf(json: string): string {
  const { input_data }: { input_data?: unknown } = JSON.parse(json);
  return input_data === undefined ? "" : JSON.stringify(input_data, null, 2);
}

/** `monte-carlo-pi` reads as `Monte carlo pi`. */
function titleOf(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** All examples, by language. */
export const examples: readonly Example[] = [...jobExamples(), ...functionExamples()].sort(
  (one, other) => languages.indexOf(one.language) - languages.indexOf(other.language),
);
