import { parseArgs } from "node:util";
import type { ConfigFlags } from "../orchestrator/config.ts";
import { integer } from "../orchestrator/settings.ts";
import { limits } from "../protocol/limits.ts";
import { namespaceSchema } from "../protocol/namespace-schema.ts";
import { UsageError } from "./usage-error.ts";

export type Command =
  | { readonly kind: "orchestrator"; readonly flags: ConfigFlags; readonly notes: readonly string[] }
  | {
      readonly kind: "worker";
      readonly url: URL;
      /** Undefined: one per core. */
      readonly slots: number | undefined;
      /** Undefined: every namespace. */
      readonly namespaces: readonly string[] | undefined;
      /** How much of the time each slot may be busy. */
      readonly share: number;
      readonly notes: readonly string[];
    };

/** Flags with a value, and flags that stand alone. */
const valueFlags = [
  "workers",
  "port",
  "host",
  "data-dir",
  "worker",
  "slots",
  "namespaces",
  "share",
  "python",
  "python-lib",
] as const;
const switches = ["insecure"] as const;
type ValueFlag = (typeof valueFlags)[number];
type Switch = (typeof switches)[number];

interface Flags {
  readonly values: ReadonlyMap<ValueFlag, string>;
  readonly on: ReadonlySet<Switch>;
}

const orchestratorOnly = ["workers", "port", "host", "data-dir"] as const;
const workersMax = 256;
const pythonNote =
  "--python and --python-lib are not needed: Python and its standard library come with Zerverless. Ignored.";

const shareMin = limits.shareMin * 100;
/** What says how workers work. */
const workerFlags = ["slots", "namespaces", "share"] as const;

/** Reads the command line. Throws a UsageError or a ConfigError whose sentence names the flag. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, on } = readFlags(argv);
  const notes = values.has("python") || values.has("python-lib") ? [pythonNote] : [];
  const slots = integer("--slots", values.get("slots"), 1, limits.slotsMax);
  const namespaces = namespaceList(values.get("namespaces"));
  const percent = integer("--share", values.get("share"), shareMin, 100);
  const share = percent === undefined ? undefined : percent / 100;
  const worker = values.get("worker");
  if (worker === undefined) {
    const workers = integer("--workers", values.get("workers"), 0, workersMax);
    const flag = workers ? undefined : workerFlags.find((name) => values.has(name));
    if (flag) throw new UsageError(`--${flag} says how workers work, so it needs --workers or --worker.`);
    const flags = {
      host: values.get("host"),
      port: values.get("port"),
      dataDir: values.get("data-dir"),
      insecure: on.has("insecure"),
      workers,
      slots,
      namespaces,
      share,
    };
    return { kind: "orchestrator", flags, notes };
  }
  const foreign = on.has("insecure") ? "insecure" : orchestratorOnly.find((name) => values.has(name));
  if (foreign)
    throw new UsageError(`--${foreign} belongs to an orchestrator and means nothing with --worker.`);
  return { kind: "worker", url: workerUrl(worker), slots, namespaces, share: share ?? 1, notes };
}

function readFlags(argv: readonly string[]): Flags {
  // The parser only cuts the words: what they may be is said here, in sentences.
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(valueFlags.map((name) => [name, { type: "string" as const }])),
      ...Object.fromEntries(switches.map((name) => [name, { type: "boolean" as const }])),
    },
    strict: false,
    tokens: true,
  });
  const values = new Map<ValueFlag, string>();
  const on = new Set<Switch>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      throw new UsageError(
        `${JSON.stringify(token.value)} is not something zerverless understands; try --help.`,
      );
    }
    const { rawName, value } = token;
    const valueFlag = valueFlags.find((name) => name === token.name);
    const switchFlag = switches.find((name) => name === token.name);
    if (valueFlag !== undefined) {
      if (!value || (!token.inlineValue && value.startsWith("--"))) {
        throw new UsageError(`${rawName} needs a value.`);
      }
      if (values.has(valueFlag)) throw new UsageError(`${rawName} is given twice.`);
      values.set(valueFlag, value);
    } else if (switchFlag !== undefined) {
      if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
      on.add(switchFlag);
    } else {
      throw new UsageError(`There is no flag ${rawName}; try --help.`);
    }
  }
  return { values, on };
}

function namespaceList(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  const names = [...new Set(text.split(",").map((name) => name.trim()))];
  for (const name of names) {
    const read = namespaceSchema.safeParse(name);
    if (read.success) continue;
    throw new UsageError(`--namespaces: ${JSON.stringify(name)} ${read.error.issues[0]?.message}.`);
  }
  if (names.length <= limits.namespacesPerVolunteerMax) return names;
  throw new UsageError(`--namespaces takes at most ${limits.namespacesPerVolunteerMax} names.`);
}

function workerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["ws:", "wss:", "http:", "https:"].includes(url.protocol)) {
    throw new UsageError(
      `--worker must be an orchestrator's address such as ws://localhost:8000/ws/volunteer, not ${JSON.stringify(text)}.`,
    );
  }
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  if (url.pathname === "/") url.pathname = "/ws/volunteer";
  return url;
}
