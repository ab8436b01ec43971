import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Zerverless } from "../client/zerverless.ts";
import type { Env } from "../orchestrator/env.ts";
import type { Surroundings, Words } from "./command.ts";
import { UsageError } from "./usage-error.ts";

const urlDefault = "http://127.0.0.1:8000";

/** The orchestrator that a command is about. */
export interface Connection {
  readonly url: URL;
  readonly token: string | undefined;
  readonly client: Zerverless;
}

/** What a command says comes first, then the environment, then what `login` kept. */
export async function connect(words: Words, { env }: Pick<Surroundings, "env">): Promise<Connection> {
  const kept = await readLogins(env);
  const text = words.value("url") ?? (env.ZERVERLESS_URL?.trim() || (kept.default ?? urlDefault));
  const url = orchestratorUrl(text);
  const token = words.value("token") ?? (env.ZERVERLESS_TOKEN?.trim() || kept.tokens[url.origin]);
  return { url, token, client: new Zerverless({ url, token }) };
}

/** Reads an orchestrator's address; that of its WebSocket door will do as well. */
export function orchestratorUrl(text: string): URL {
  const withScheme = /^[a-z]+:\/\//.test(text) ? text : `http://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  if (!url || !["http:", "https:", "ws:", "wss:"].includes(url.protocol)) {
    throw new UsageError(`${JSON.stringify(text)} is no orchestrator's address, such as ${urlDefault}.`);
  }
  url.protocol = url.protocol.replace("ws", "http");
  url.pathname = url.pathname.replace(/\/ws\/volunteer$/, "");
  url.search = "";
  url.hash = "";
  return url;
}

/** Tokens by the origins that they are for. */
export interface Logins {
  readonly default: string | undefined;
  readonly tokens: Readonly<Record<string, string>>;
}

function loginsPath(env: Env): string | undefined {
  const config = env.XDG_CONFIG_HOME?.startsWith("/") ? env.XDG_CONFIG_HOME : undefined;
  if (config !== undefined) return join(config, "zerverless", "logins.json");
  return env.HOME ? join(env.HOME, ".config", "zerverless", "logins.json") : undefined;
}

export async function readLogins(env: Env): Promise<Logins> {
  const path = loginsPath(env);
  const text = path === undefined ? undefined : await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return { default: undefined, tokens: {} };
  try {
    const kept: unknown = JSON.parse(text);
    const tokens: unknown = Reflect.get(Object(kept), "tokens");
    const chosen: unknown = Reflect.get(Object(kept), "default");
    const pairs = Object.entries(Object(tokens)).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    );
    return { default: typeof chosen === "string" ? chosen : undefined, tokens: Object.fromEntries(pairs) };
  } catch {
    throw new UsageError(`${path} is damaged; remove it and log in again.`);
  }
}

/** Readable by their owner alone. */
export async function writeLogins(env: Env, logins: Logins): Promise<string> {
  const path = loginsPath(env);
  if (path === undefined) throw new UsageError("HOME is not set, so there is no place to keep a token.");
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  try {
    await writeFile(unfinished, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
    await chmod(unfinished, 0o600);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
  return path;
}
