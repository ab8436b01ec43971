import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { Language } from "../protocol/languages.ts";
import { UsageError } from "./usage-error.ts";

const languagesByExtension: Readonly<Record<string, Language>> = {
  ".py": "python",
  ".lua": "lua",
  ".js": "js",
  ".mjs": "js",
  ".cjs": "js",
  ".jsx": "js",
  ".ts": "js",
  ".mts": "js",
  ".tsx": "js",
  ".wasm": "wasm",
};

/** The language of a file, by its extension unless it is said. */
export function languageOf(path: string, said: string | undefined): Language {
  if (said !== undefined) {
    const known = Object.values(languagesByExtension).find((language) => language === said);
    if (known) return known;
    throw new UsageError(`--language must be python, js, lua or wasm, not ${JSON.stringify(said)}.`);
  }
  const language = languagesByExtension[extname(path).toLowerCase()];
  if (language) return language;
  throw new UsageError(
    `${path} has no extension that tells its language (.py, .js, .ts, .lua, .wasm); say it with --language.`,
  );
}

/** A file's bytes. Throws a sentence when it cannot be read. */
export async function readBytes(path: string): Promise<Buffer<ArrayBuffer>> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder",
  EACCES: "you may not",
};

export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

/** JSON text that was given as it is, as `@FILE`, or as `-` for standard input; known to parse. */
export async function readJsonText(flag: string, text: string): Promise<string> {
  const source =
    text === "-" ? await readStdin() : text.startsWith("@") ? `${await readBytes(text.slice(1))}` : text;
  try {
    JSON.parse(source);
    return source;
  } catch (cause) {
    const hint = /^\w+$/.test(source) ? `; a text is written as '"${source}"'` : "";
    const fault = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${flag} is not JSON: ${fault}${hint}.`, { cause });
  }
}

export async function readStdin(): Promise<string> {
  process.stdin.setEncoding("utf8");
  let text = "";
  for await (const piece of process.stdin) text += piece;
  return text;
}
