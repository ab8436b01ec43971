import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { access } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CellKind } from "../../../protocol/languages.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Isolation } from "../../../protocol/volunteer.ts";
import { cellStackKb } from "../../kernel/python/stack.ts";
import type { Toolchain } from "./toolchain.ts";

const run = promisify(execFile);

/** What a process is started to be: a cell, or the maker of Python's memory snapshot. */
export type LaunchKind = CellKind | "python-snapshot";

export interface Launched {
  readonly process: ChildProcess;
  /** The guest process as this machine's kernel numbers it; 0 when it could not be had. */
  readonly pid: Promise<number>;
}

const denoFlags = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-remote",
  "--no-npm",
  "--deny-import",
  "--cached-only",
  "--no-config",
  "--no-lock",
  "--no-code-cache",
];
const sealedPython = "/python";
const sealedSnapshot = "/python.snapshot";
const trialMsMax = 10_000;
/**
 * What a process may allocate at most, for the moments in which the host is too busy to watch it: the largest job's
 * memory, and what V8 counts as allocated without using it.
 */
const dataKbMax = (limits.memoryMbMax + 1536) * 1024;

/** Starts sealed processes: inside bubblewrap where it works, else as bare Deno processes without any permission. */
export class Launcher {
  readonly isolation: Extract<Isolation, "bubblewrap" | "process">;
  readonly #tools: Toolchain;
  readonly #bubblewrap: string | undefined;
  /** The beginning of a command line that makes a bare process end with this one; empty where nothing can. */
  readonly #dieWithParent: readonly string[];

  private constructor(tools: Toolchain, bubblewrap: string | undefined, dieWithParent: readonly string[]) {
    this.#tools = tools;
    this.#bubblewrap = bubblewrap;
    this.#dieWithParent = dieWithParent;
    this.isolation = bubblewrap ? "bubblewrap" : "process";
  }

  /** Tries bubblewrap once, since it may be there and yet be forbidden to make name spaces. */
  static async create(tools: Toolchain, allowBubblewrap: boolean): Promise<Launcher> {
    const sealed = [...sealArgs(tools), "/deno", "--version"];
    const bubblewrap = allowBubblewrap ? await findWorking("bwrap", sealed) : undefined;
    if (bubblewrap !== undefined) return new Launcher(tools, bubblewrap, []);
    const dieWithParent = ["--pdeathsig", "KILL"];
    const setpriv = await findWorking("setpriv", [...dieWithParent, tools.deno, "--version"]);
    return new Launcher(tools, undefined, setpriv === undefined ? [] : [setpriv, ...dieWithParent]);
  }

  /** @param snapshot the path of Python's memory snapshot, for a cell of kind python */
  launch(kind: LaunchKind, snapshot: string | undefined): Launched {
    return this.#bubblewrap ? this.#sealed(this.#bubblewrap, kind, snapshot) : this.#bare(kind, snapshot);
  }

  #sealed(bubblewrap: string, kind: LaunchKind, snapshot: string | undefined): Launched {
    const python = kind === "core" ? [] : ["--ro-bind", this.#tools.pyodideDir, sealedPython];
    const image = snapshot === undefined ? [] : ["--ro-bind", snapshot, sealedSnapshot];
    const args = [
      ...sealArgs(this.#tools),
      ...python,
      ...image,
      "--ro-bind",
      this.#tools.kernel,
      "/kernel.js",
      "--info-fd",
      "3",
      "/deno",
      ...denoArgs("/kernel.js", kind, sealedPython, snapshot && sealedSnapshot),
    ];
    const [shell, shellArgs] = limited([bubblewrap, ...args]);
    const child = spawn(shell, shellArgs, { stdio: ["pipe", "pipe", "pipe", "pipe"], env: {} });
    return { process: child, pid: pidFromInfo(child) };
  }

  #bare(kind: LaunchKind, snapshot: string | undefined): Launched {
    // A folder of its own: what Deno keeps for one cell must not be there for the next.
    const folder = mkdtempSync(join(tmpdir(), "zerverless-cell-"));
    const args = denoArgs(this.#tools.kernel, kind, this.#tools.pyodideDir, snapshot);
    const [shell, shellArgs] = limited([...this.#dieWithParent, this.#tools.deno, ...args]);
    const child = spawn(shell, shellArgs, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { DENO_DIR: folder, NO_COLOR: "1" },
      cwd: folder,
    });
    child.once("close", () => rmSync(folder, { recursive: true, force: true }));
    return { process: child, pid: Promise.resolve(child.pid ?? 0) };
  }
}

/** A command line that bounds what the process may allocate, lets it leave no core file, and becomes `command`. */
function limited(command: readonly string[]): [shell: string, args: string[]] {
  const script = 'ulimit -c 0; ulimit -d "$1" 2>/dev/null; shift; exec "$@"';
  return ["/bin/sh", ["-c", script, "sh", String(dataKbMax), ...command]];
}

/** The path of a program of the system's that is there and does what it should. */
async function findWorking(program: string, args: readonly string[]): Promise<string | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const folder of ["/usr/bin", "/usr/local/bin", "/bin"]) {
    const path = join(folder, program);
    try {
      await access(path);
      await run(path, args, { timeout: trialMsMax, env: {} });
      return path;
    } catch {
      // Not here, or not allowed here.
    }
  }
  return undefined;
}

/** Everything the machine has is left out but the binary and its libraries: no /proc, no /dev, no network, no users. */
function sealArgs(tools: Toolchain): string[] {
  return [
    "--unshare-all",
    "--die-with-parent",
    "--new-session",
    "--as-pid-1",
    "--clearenv",
    ...tools.libraries.flatMap((path) => ["--ro-bind", path, path]),
    "--ro-bind",
    tools.deno,
    "/deno",
    // All that Deno asks of /proc: the path of its own binary.
    "--symlink",
    "/deno",
    "/proc/self/exe",
    "--tmpfs",
    "/deno-dir",
    "--setenv",
    "DENO_DIR",
    "/deno-dir",
    "--setenv",
    "NO_COLOR",
    "1",
    "--chdir",
    "/deno-dir",
  ];
}

function denoArgs(
  kernel: string,
  kind: LaunchKind,
  pythonDir: string,
  snapshot: string | undefined,
): string[] {
  if (kind === "core") return [...denoFlags, kernel, kind];
  const readable = snapshot === undefined ? pythonDir : `${pythonDir},${snapshot}`;
  return [
    ...denoFlags,
    `--v8-flags=--disallow-code-generation-from-strings,--stack-size=${cellStackKb}`,
    `--allow-read=${readable}`,
    kernel,
    kind,
    pythonDir,
    ...(snapshot === undefined ? [] : [snapshot]),
  ];
}

/** Bubblewrap tells on descriptor 3 which process it started, as JSON. */
function pidFromInfo(child: ChildProcess): Promise<number> {
  const info = child.stdio[3];
  if (!info || !("on" in info)) return Promise.resolve(0);
  return new Promise((resolve) => {
    let text = "";
    info.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(0, 10_000);
      const pid = /"child-pid"\s*:\s*(\d+)/.exec(text)?.[1];
      if (pid) resolve(Number(pid));
    });
    info.on("error", () => resolve(0));
    info.on("close", () => resolve(0));
  });
}
