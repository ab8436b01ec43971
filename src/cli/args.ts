import { parseArgs } from "node:util";
import { type ConfigFlags, integer } from "../orchestrator/config.ts";
import { limits } from "../protocol/limits.ts";
import { namespaceSchema } from "../protocol/names.ts";

/** A command line that cannot be used. Its message is a sentence. */
export class UsageError extends Error {}

export type Command =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | ArchiveCommand
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

/** Saves the data directory in a file, or brings it back. */
export interface ArchiveCommand {
  readonly kind: "backup" | "restore";
  readonly file: string;
  readonly dataDir: string | undefined;
}

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
const switches = ["insecure", "version", "help"] as const;
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

export const helpText = `Zerverless: volunteer-powered compute, like torrents, but for computation.

Start an orchestrator, here with two workers of its own:
  zerverless --workers 2

Volunteer this machine to an orchestrator:
  zerverless --worker ws://localhost:8000/ws/volunteer

Orchestrator
  --workers N          run N workers inside (default 0)
  --port P             listen on this port (default 8000; 0 takes a free one)
  --host H             listen on this address (default 127.0.0.1)
  --data-dir D         keep jobs and modules here (default ./data)
  --insecure           allow --host to be an address that others can reach

Save and bring back
  backup FILE          write the data directory into a file, also while the orchestrator runs
  restore FILE         bring it back, into an empty data directory
  --data-dir D         the data directory (default ./data)

Worker
  --worker URL         the orchestrator to work for

Both
  --slots N            jobs that run at once (default: one per core; 1 per worker of --workers)
  --namespaces a,b     work for these namespaces alone (default: all)
  --share P            how much of the time each slot may be busy, in percent, from ${shareMin} (default 100)
  --version            print the version
  --help, -h           print this

Environment variables, such as HTTP_PORT and DATA_DIR, are listed in docs/CONFIG.md.
`;

/** Reads the command line. Throws a UsageError or a ConfigError whose sentence names the flag. */
export function parseCommand(argv: readonly string[]): Command {
  const [first] = argv;
  if (first === "backup" || first === "restore") return parseArchiveCommand(first, argv.slice(1));
  const { values, on } = readFlags(argv);
  if (on.has("help")) return { kind: "help" };
  if (on.has("version")) return { kind: "version" };
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

function parseArchiveCommand(kind: ArchiveCommand["kind"], argv: readonly string[]): Command {
  const { tokens } = parseArgs({
    args: [...argv],
    options: { "data-dir": { type: "string" }, help: { type: "boolean", short: "h" } },
    strict: false,
    tokens: true,
  });
  const files: string[] = [];
  let dataDir: string | undefined;
  for (const token of tokens) {
    if (token.kind === "positional") files.push(token.value);
    if (token.kind !== "option") continue;
    if (token.name === "help") return { kind: "help" };
    if (token.name !== "data-dir")
      throw new UsageError(`${kind} knows no flag ${token.rawName}; try --help.`);
    if (!token.value) throw new UsageError("--data-dir needs a value.");
    dataDir = token.value;
  }
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new UsageError(`${kind} takes one file, such as: zerverless ${kind} zerverless-backup.tar`);
  }
  return { kind, file, dataDir };
}

function readFlags(argv: readonly string[]): Flags {
  // The parser only cuts the words: what they may be is said here, in sentences.
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(valueFlags.map((name) => [name, { type: "string" as const }])),
      ...Object.fromEntries(switches.map((name) => [name, { type: "boolean" as const }])),
      help: { type: "boolean", short: "h" },
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
