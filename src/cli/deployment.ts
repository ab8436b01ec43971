import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Zerverless } from "../client/zerverless.ts";
import { type DeploymentView, type DeployRequest, functionAuths } from "../protocol/functions.ts";
import { placements } from "../protocol/placement.ts";
import { type Bundle, bundle, needsBundling } from "./bundle.ts";
import type { Words } from "./command.ts";
import type { FunctionPlace } from "./function-path.ts";
import { languageOf, readBytes, reasonOf } from "./source-file.ts";
import { UsageError } from "./usage-error.ts";

/** What a folder's function may be called, in order of preference; a package.json's `main` goes first. */
const entryStems = ["index", "main", "function", "handler"];
const entryExtensions = ["ts", "tsx", "mts", "js", "mjs", "py", "lua", "wasm"];

/** The file that a deployment begins with. */
export async function entryOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  });
  if (!found.isDirectory()) return path;
  const names = new Set(await readdir(path));
  const main = names.has("package.json") ? await mainOf(join(path, "package.json")) : undefined;
  if (main !== undefined) return join(path, main);
  for (const stem of entryStems) {
    for (const extension of entryExtensions) {
      if (names.has(`${stem}.${extension}`)) return join(path, `${stem}.${extension}`);
    }
  }
  throw new UsageError(
    `${path} has no file to begin with: name one in package.json as "main", or call it index.ts, index.js, main.py or main.lua.`,
  );
}

async function mainOf(path: string): Promise<string | undefined> {
  try {
    const main: unknown = Reflect.get(Object(JSON.parse(await readFile(path, "utf8"))), "main");
    return typeof main === "string" ? main : undefined;
  } catch (cause) {
    throw new UsageError(`${path} is not JSON.`, { cause });
  }
}

/** Code that is ready to be deployed. */
export interface Deployable {
  readonly request: DeployRequest;
  /** Files that it was made of, whose change makes it out of date. */
  readonly inputs: readonly string[];
}

/** @param makeBundle bundles the entry; once, or again and again */
export async function deployableOf(
  entry: string,
  words: Words,
  client: Zerverless,
  makeBundle: (entry: string) => Promise<Bundle> = bundle,
): Promise<Deployable> {
  const language = languageOf(entry, words.value("language"));
  const settings = await settingsOf(words);
  if (language === "js") {
    const text = (await readBytes(entry)).toString();
    const made = needsBundling(entry, text)
      ? await makeBundle(entry)
      : { code: text, inputs: [resolve(entry)] };
    return { request: { runtime: "js", code: made.code, ...settings }, inputs: made.inputs };
  }
  const bytes = await readBytes(entry);
  const inputs = [resolve(entry)];
  if (language !== "wasm") return { request: { runtime: language, code: `${bytes}`, ...settings }, inputs };
  const { cid } = await client.modules.upload(bytes);
  return { request: { runtime: "wasm", wasm_cid: cid, ...settings }, inputs };
}

async function settingsOf(words: Words) {
  const file = words.value("env-file");
  const env = {
    ...(file === undefined ? {} : envOf(`${await readBytes(file)}`, file)),
    ...pairsOf(words.values("env")),
  };
  return {
    timeout_seconds: words.number("timeout", 0.001, 60),
    memory_mb: words.number("memory", 16, 4096),
    placement: choiceOf(words, "placement", placements),
    auth: choiceOf(words, "auth", functionAuths),
    ...(Object.keys(env).length > 0 && { env }),
  };
}

function choiceOf<Choice extends string>(
  words: Words,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = words.value(name);
  const known = choices.find((choice) => choice === text);
  if (text === undefined || known !== undefined) return known;
  throw new UsageError(`--${name} must be one of ${choices.join(", ")}, not ${JSON.stringify(text)}.`);
}

function pairsOf(pairs: readonly string[]): Record<string, string> {
  const env: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`--env takes NAME=VALUE, not ${JSON.stringify(pair)}.`);
    env[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return env;
}

/** Lines of NAME=VALUE, as `.env` files have them; quotes around a value are taken off. */
export function envOf(text: string, file: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) throw new UsageError(`${file}:${at + 1} is not a line such as NAME=value.`);
    const [, name = "", value = ""] = match;
    env[name] = /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
  }
  return env;
}

/** Where a deployment goes: what `--to` says, else a path after the file or folder in the namespace `default`. */
export function placeName(words: Words, path: string): string {
  const to = words.value("to");
  if (to !== undefined) return to;
  const name = relative("..", resolve(path)).split(/[\\/]/).at(-1) ?? "function";
  const stem = name
    .replace(/\.[a-z]+$/i, "")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-");
  return `default/${stem || "function"}`;
}

export async function deploy(
  client: Zerverless,
  { namespace, path }: FunctionPlace,
  { request }: Deployable,
): Promise<DeploymentView> {
  return client.functions.deploy(namespace, path, request);
}
