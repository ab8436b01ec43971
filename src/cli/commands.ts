import type { CommandSpec, OptionSpec } from "./command.ts";
import { connectionOptions } from "./words.ts";

const namespaceOption: OptionSpec = { name: "namespace", value: "NAME", says: "whose it is" };
const limitOption: OptionSpec = { name: "limit", value: "N", says: "how many at most" };
const timeoutOption: OptionSpec = { name: "timeout", value: "SECONDS", says: "how long it may take" };
const memoryOption: OptionSpec = { name: "memory", value: "MB", says: "how much memory it may take" };
const languageOption: OptionSpec = {
  name: "language",
  value: "NAME",
  says: "python, js, lua or wasm, where the extension does not tell",
};

const dataDirOption: OptionSpec = {
  name: "data-dir",
  value: "D",
  says: "where data is kept (default: DATA_DIR, or ./data)",
};
const shareOption: OptionSpec = {
  name: "share",
  value: "PERCENT",
  says: "how much of the time each slot may be busy, from 5 (default 100)",
};

/** Flags of other implementations. */
const pythonOptions: readonly OptionSpec[] = [
  { name: "python", value: "FILE", says: "accepted, and not needed: Python is built in" },
  { name: "python-lib", value: "DIR", says: "the same" },
];

const deployOptions: readonly OptionSpec[] = [
  { name: "to", value: "NAMESPACE/PATH", says: "where it answers" },
  languageOption,
  { name: "env", value: "NAME=VALUE", repeats: true, says: "an environment variable of the function" },
  { name: "env-file", value: "FILE", says: "a file of such lines" },
  timeoutOption,
  memoryOption,
  { name: "auth", value: "WHO", says: "who may call it: public (default), or token for those with a token" },
  { name: "placement", value: "WHERE", says: "any volunteer, trusted ones, or internal workers" },
  ...connectionOptions,
];

/** Everything that the program does, in the order of its help. */
export const commands: readonly CommandSpec[] = [
  {
    name: "serve",
    summary: "start an orchestrator",
    forms: ["[--workers N] [--port P]"],
    about:
      "Environment variables, such as HTTP_PORT and DATA_DIR, are listed in docs/CONFIG.md; flags win over them.",
    examples: ["zerverless serve --workers 2", "zerverless serve --port 9000 --data-dir /var/lib/zerverless"],
    options: [
      { name: "workers", value: "N", says: "run N workers inside (default 0)" },
      { name: "port", value: "P", says: "listen on this port (default 8000; 0 takes a free one)" },
      { name: "host", value: "H", says: "listen on this address (default 127.0.0.1)" },
      dataDirOption,
      { name: "insecure", says: "ask nobody for a token, even where others can reach --host" },
      { name: "slots", value: "N", says: "jobs that each worker runs at once (default 1)" },
      { name: "namespaces", value: "a,b", says: "what the workers work for (default: all)" },
      shareOption,
      ...pythonOptions,
    ],
    run: async (words, surroundings) => (await import("./daemon.ts")).runDaemon(words.argv, surroundings),
  },
  {
    name: "work",
    summary: "volunteer this machine to an orchestrator",
    forms: ["[URL] [--slots N]"],
    about: "It reconnects by itself. On SIGTERM it finishes what runs and leaves.",
    examples: [
      "zerverless work ws://localhost:8000/ws/volunteer",
      "zerverless work --slots 2 --namespaces alice",
    ],
    options: [
      { name: "slots", value: "N", says: "jobs that run at once (default: one per core)" },
      { name: "namespaces", value: "a,b", says: "work for these namespaces alone (default: all)" },
      shareOption,
      ...pythonOptions,
    ],
    run: async (words, surroundings) => {
      const { runDaemon, workerWords } = await import("./daemon.ts");
      return runDaemon(await workerWords(words, surroundings), surroundings);
    },
  },
  {
    name: "run",
    summary: "run a file as a job, with its output as it comes",
    forms: ["FILE [--input JSON] [--detach]"],
    about:
      "The language is told by the extension: .py, .js, .ts, .lua or .wasm. JavaScript and TypeScript with imports are bundled\nfirst. The result goes to standard output; the exit status is 1 when the job fails. Ctrl-C cancels it.",
    examples: [
      "zerverless run hello.py",
      `zerverless run add.lua --input '{"x": 10, "y": 32}'`,
      "zerverless run primes.ts --input @numbers.json --timeout 300",
    ],
    options: [
      { name: "input", value: "JSON", says: "the global INPUT: JSON, @FILE, or - for standard input" },
      { name: "wait", says: "wait for its end, as is done anyway" },
      { name: "detach", short: "d", says: "print the job's id and do not wait" },
      languageOption,
      namespaceOption,
      timeoutOption,
      memoryOption,
      { name: "priority", value: "0-9", says: "higher goes first within the namespace" },
      ...connectionOptions,
    ],
    run: async (...parts) => (await import("./commands/run.ts")).run(...parts),
  },
  {
    name: "jobs",
    summary: "list jobs, show one, cancel one",
    forms: ["[list]", "show ID", "cancel ID"],
    examples: ["zerverless jobs --status failed", "zerverless jobs show JOB_ID"],
    subcommands: ["list", "show", "cancel"],
    options: [
      { name: "status", value: "STATUS", says: "pending, running, completed, failed or cancelled" },
      namespaceOption,
      limitOption,
      ...connectionOptions,
    ],
    run: async (...parts) => (await import("./commands/jobs.ts")).run(...parts),
  },
  {
    name: "deploy",
    summary: "deploy a file or a folder as a function",
    forms: ["FILE|DIR --to NAMESPACE/PATH"],
    about:
      "TypeScript and imports from npm are bundled. Of a folder, package.json's main is deployed, else index, main, function or\nhandler with any extension. Each deployment is a new revision, which answers from then on.",
    examples: [
      "zerverless deploy hello.lua --to alice/hello",
      "zerverless deploy ./shop --to alice/shop --env CURRENCY=EUR --timeout 20",
    ],
    options: deployOptions,
    run: async (...parts) => (await import("./commands/deploy.ts")).run(...parts),
  },
  {
    name: "dev",
    summary: "deploy at each change, and show the log",
    forms: ["FILE|DIR [--to NAMESPACE/PATH]"],
    about: "Where no orchestrator answers, one is started with a worker for as long as this command runs.",
    examples: ["zerverless dev hello.ts", "zerverless dev ./shop --to alice/shop"],
    options: deployOptions,
    run: async (...parts) => (await import("./commands/dev.ts")).run(...parts),
  },
  {
    name: "functions",
    summary: "list functions, show one, delete one",
    forms: ["[list]", "show NAMESPACE/PATH", "delete NAMESPACE/PATH"],
    examples: ["zerverless functions --namespace alice", "zerverless functions show alice/hello"],
    subcommands: ["list", "show", "delete"],
    options: [namespaceOption, limitOption, ...connectionOptions],
    run: async (...parts) => (await import("./commands/functions.ts")).run(...parts),
  },
  {
    name: "rollback",
    summary: "let an earlier revision of a function answer again",
    forms: ["NAMESPACE/PATH [REVISION]"],
    about: "Without a number it is the revision before the one that answers now.",
    examples: ["zerverless rollback alice/hello", "zerverless rollback alice/hello 3"],
    options: connectionOptions,
    run: async (...parts) => (await import("./commands/rollback.ts")).run(...parts),
  },
  {
    name: "logs",
    summary: "show what a function printed and how its calls went",
    forms: ["NAMESPACE/PATH [-f]"],
    examples: ["zerverless logs alice/hello -f", "zerverless logs alice/hello --level error --since 1h"],
    options: [
      { name: "follow", short: "f", says: "go on with every line as it comes" },
      { name: "level", value: "LEVEL", says: "info, error or call alone" },
      { name: "since", value: "TIME", says: "an instant, or a span such as 10m" },
      { name: "grep", value: "TEXT", says: "lines with this text alone" },
      limitOption,
      ...connectionOptions,
    ],
    run: async (...parts) => (await import("./commands/logs.ts")).run(...parts),
  },
  {
    name: "kv",
    summary: "read and write a namespace's database",
    forms: [
      "get NAMESPACE KEY",
      "put NAMESPACE KEY JSON [--ttl SECONDS]",
      "delete NAMESPACE KEY",
      "list NAMESPACE [--prefix TEXT]",
    ],
    examples: [`zerverless kv put alice greeting '"hello"'`, "zerverless kv list alice --prefix user:"],
    subcommands: ["get", "put", "delete", "list"],
    options: [
      { name: "ttl", value: "SECONDS", says: "how long the value is kept" },
      { name: "prefix", value: "TEXT", says: "keys that begin so alone" },
      limitOption,
      ...connectionOptions,
    ],
    run: async (...parts) => (await import("./commands/kv.ts")).run(...parts),
  },
  {
    name: "files",
    summary: "bring files to a namespace, and back",
    forms: [
      "sync DIR [NAMESPACE[/FOLDER]] [--delete] [--dry-run]",
      "list NAMESPACE[/PREFIX]",
      "put FILE NAMESPACE/PATH",
      "get NAMESPACE/PATH [FILE]",
      "delete NAMESPACE/PATH",
    ],
    about:
      "sync sends only what has changed, by content. Names that begin with a dot, and node_modules, stay at home.",
    examples: ["zerverless files sync ./public alice", "zerverless files get alice/index.html"],
    subcommands: ["sync", "list", "put", "get", "delete"],
    options: [
      { name: "delete", says: "also delete what is not in the folder" },
      { name: "dry-run", says: "say what would be done, and do nothing" },
      ...connectionOptions,
    ],
    run: async (...parts) => (await import("./commands/files.ts")).run(...parts),
  },
  {
    name: "volunteers",
    summary: "list who is connected",
    forms: [""],
    examples: ["zerverless volunteers"],
    options: connectionOptions,
    run: async (...parts) => (await import("./commands/volunteers.ts")).run(...parts),
  },
  {
    name: "login",
    summary: "keep a token for an orchestrator",
    forms: ["URL [--token TOKEN]", "URL --forget"],
    about:
      "The token is asked for, or read from standard input. Commands then go to this orchestrator unless told otherwise.",
    examples: ["zerverless login https://compute.example.com"],
    options: [
      { name: "token", value: "TOKEN", says: "the token; better not on a command line that others see" },
      { name: "url", value: "URL", says: "the orchestrator, in place of the first word" },
      { name: "forget", says: "forget the token" },
    ],
    run: async (...parts) => (await import("./commands/login.ts")).run(...parts),
  },
  {
    name: "token",
    summary: "make a token on the orchestrator's own machine",
    forms: ["create --admin", "create --name NAME --scope SCOPE"],
    about:
      "The first token is made so; with it others are made over HTTP. It works while the orchestrator runs, and while it does\nnot. The token alone goes to standard output, and is not shown again.",
    examples: [
      "zerverless token create --admin",
      "zerverless token create --name ci --scope write:alice --scope read:alice --expires-in 90d",
    ],
    subcommands: ["create"],
    options: [
      { name: "admin", says: "it may do everything" },
      { name: "name", value: "NAME", says: "what it is for" },
      {
        name: "scope",
        value: "SCOPE",
        repeats: true,
        says: "admin, volunteer, or read:, write: or invoke: with a namespace such as team-*",
      },
      { name: "expires-in", value: "SPAN", says: "such as 12h or 90d (default: for ever)" },
      dataDirOption,
    ],
    run: async (...parts) => (await import("./commands/token.ts")).run(...parts),
  },
  {
    name: "backup",
    summary: "write all data into a file, also while the orchestrator runs",
    forms: ["FILE [--data-dir D]"],
    examples: ["zerverless backup zerverless-backup.tar"],
    options: [dataDirOption],
    run: async (...parts) => (await import("./archive.ts")).runArchive("backup", ...parts),
  },
  {
    name: "restore",
    summary: "bring a backup back, into an empty data directory",
    forms: ["FILE [--data-dir D]"],
    examples: ["zerverless restore zerverless-backup.tar --data-dir /var/lib/zerverless"],
    options: [dataDirOption],
    run: async (...parts) => (await import("./archive.ts")).runArchive("restore", ...parts),
  },
  {
    name: "completion",
    summary: "print a script that completes commands in your shell",
    forms: ["bash|zsh|fish"],
    examples: ["source <(zerverless completion bash)", "zerverless completion fish | source"],
    subcommands: ["bash", "zsh", "fish"],
    options: [],
    run: async (...parts) => (await import("./commands/completion.ts")).run(...parts, commands),
  },
];
