import { wasmNames } from "./link.ts";
import type { WasiSetup } from "./wasi/context.ts";

const mib = 1024 * 1024;

/** The input's `wasi` part is not as it has to be; the message is a sentence. */
export class BadProgramInput extends Error {}

/**
 * What a WASI program is started with. Without more it reads the input's JSON text on stdin. An input that is an object
 * with the key `wasi` says it all in detail:
 *
 *     {"wasi": {"args": ["-c"], "env": {"LANG": "C"}, "stdin": "text", "files": {"a/b.txt": "text"}}}
 *
 * where the bytes of a file or of stdin may also be given as `{"base64": "..."}`.
 */
export function programSetup(inputJson: string, memoryMb: number): WasiSetup {
  const setup: WasiSetup = {
    args: [wasmNames.program],
    env: {},
    stdin: inputJson === "null" ? new Uint8Array(0) : new TextEncoder().encode(inputJson),
    files: new Map(),
    fileBytesMax: memoryMb * mib,
  };
  // Only an object can have the key, and large inputs that can't are not worth parsing.
  const input: unknown =
    inputJson.startsWith("{") && inputJson.includes('"wasi"') ? JSON.parse(inputJson) : null;
  if (!isRecord(input) || !Object.hasOwn(input, "wasi")) return setup;
  const { wasi } = input;
  if (!isRecord(wasi)) throw new BadProgramInput("input_data.wasi has to be an object.");
  for (const key of Object.keys(wasi)) {
    if (!["args", "env", "stdin", "files"].includes(key)) {
      throw new BadProgramInput(
        `input_data.wasi takes args, env, stdin and files, and not ${JSON.stringify(key)}.`,
      );
    }
  }
  setup.args.push(...argsOf(wasi.args ?? []));
  setup.env = envOf(wasi.env ?? {});
  setup.stdin = bytesOf(wasi.stdin ?? "", "stdin");
  setup.files = filesOf(wasi.files ?? {});
  return setup;
}

/** What a function is started with: its environment, and on stdin the request. */
export function functionSetup(
  stdin: string,
  { env, memoryMb }: { env: Readonly<Record<string, string>>; memoryMb: number },
): WasiSetup {
  return {
    args: [wasmNames.program],
    env: { ...env },
    stdin: new TextEncoder().encode(stdin),
    files: new Map(),
    fileBytesMax: memoryMb * mib,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** C strings end at a zero. */
function cText(value: unknown, where: string): string {
  if (typeof value !== "string" || value.includes("\0")) {
    throw new BadProgramInput(`input_data.wasi.${where} has to be text without a zero character.`);
  }
  return value;
}

function argsOf(value: unknown): string[] {
  if (!Array.isArray(value)) throw new BadProgramInput("input_data.wasi.args has to be a list of strings.");
  return value.map((arg, index) => cText(arg, `args[${index}]`));
}

function envOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new BadProgramInput("input_data.wasi.env has to be an object of strings.");
  return Object.fromEntries(
    Object.entries(value).map(([name, text]) => {
      if (name === "" || name.includes("=")) {
        throw new BadProgramInput(`input_data.wasi.env cannot have the name ${JSON.stringify(name)}.`);
      }
      return [cText(name, "env's names"), cText(text, `env.${name}`)];
    }),
  );
}

function filesOf(value: unknown): Map<string, Uint8Array> {
  if (!isRecord(value))
    throw new BadProgramInput("input_data.wasi.files has to be an object of paths and contents.");
  return new Map(
    Object.entries(value).map(([path, content]) => [
      path,
      bytesOf(content, `files[${JSON.stringify(path)}]`),
    ]),
  );
}

function bytesOf(value: unknown, where: string): Uint8Array {
  if (typeof value === "string") return new TextEncoder().encode(value);
  if (isRecord(value) && typeof value.base64 === "string") {
    try {
      return Uint8Array.from(atob(value.base64), (char) => char.charCodeAt(0));
    } catch {
      throw new BadProgramInput(`input_data.wasi.${where}.base64 is not base64.`);
    }
  }
  throw new BadProgramInput(`input_data.wasi.${where} has to be text, or {"base64": "..."}.`);
}
