import { type FSWatcher, watch } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Zerverless } from "../../client/zerverless.ts";
import { Bundler } from "../bundle.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { type Connection, connect } from "../connection.ts";
import { deploy, deployableOf, entryOf, placeName } from "../deployment.ts";
import { type FunctionPlace, functionPlace } from "../function-path.ts";
import { LocalOrchestrator } from "../local-orchestrator.ts";
import { Screen } from "../screen.ts";
import { lineText } from "./logs.ts";

/** Editors write a file in several steps. */
const settleMs = 60;

/** Deploys a function, again after each change, and shows its log. Starts an orchestrator where none answers. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const path = words.operand(0, "The file or folder to develop");
  words.noMoreThan(1);
  const place = functionPlace(placeName(words, path));
  const screen = new Screen(surroundings);
  const { stop } = surroundings;
  await using stack = new AsyncDisposableStack();
  const { client } = await reach(stack, words, surroundings, screen);
  const session = stack.use(await Session.open(await entryOf(path), place, { words, client, screen, stop }));
  await session.deploy();
  await Promise.all([session.redeployOnChanges(), session.tail()]);
  return 0;
}

/** The orchestrator that answers, or one that is started here and ends with this command. */
async function reach(
  stack: AsyncDisposableStack,
  words: Words,
  surroundings: Surroundings,
  screen: Screen,
): Promise<Connection> {
  const connection = await connect(words, surroundings);
  const answers = await connection.client.health({ signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );
  if (answers || words.value("url") !== undefined || surroundings.env.ZERVERLESS_URL) return connection;
  screen.status("starting an orchestrator…");
  const local = stack.use(await LocalOrchestrator.start(connection.url));
  screen.note(
    `An orchestrator with a worker runs at ${local.url} until you stop; its data is in .zerverless/.`,
  );
  return { ...connection, url: local.url };
}

interface SessionParts {
  readonly words: Words;
  readonly client: Zerverless;
  readonly screen: Screen;
  readonly stop: AbortSignal;
}

class Session implements AsyncDisposable {
  readonly #entry: string;
  readonly #place: FunctionPlace;
  readonly #parts: SessionParts;
  readonly #bundler: Bundler;
  readonly #watchers = new Map<string, FSWatcher>();
  #inputs: ReadonlySet<string> = new Set();
  #changed = Promise.withResolvers<void>();

  private constructor(entry: string, place: FunctionPlace, parts: SessionParts, bundler: Bundler) {
    this.#entry = entry;
    this.#place = place;
    this.#parts = parts;
    this.#bundler = bundler;
    parts.stop.addEventListener("abort", () => this.#changed.resolve(), { once: true });
  }

  static async open(entry: string, place: FunctionPlace, parts: SessionParts): Promise<Session> {
    return new Session(entry, place, parts, await Bundler.open(entry));
  }

  /** A fault is told; the next change may mend it. */
  async deploy(): Promise<void> {
    const { words, client, screen } = this.#parts;
    const since = performance.now();
    try {
      const deployable = await deployableOf(this.#entry, words, client, () => this.#bundler.bundle());
      this.#watch(deployable.inputs);
      const { url, revision } = await deploy(client, this.#place, deployable);
      const took = Math.round(performance.now() - since);
      screen.note(`${screen.style("green", "deployed")} ${url} revision ${revision} in ${took} ms`);
    } catch (error) {
      this.#watch([...this.#inputs, this.#entry]);
      screen.note(screen.style("red", error instanceof Error ? error.message : String(error)));
    }
  }

  async redeployOnChanges(): Promise<void> {
    const { stop } = this.#parts;
    for (;;) {
      await this.#changed.promise;
      if (stop.aborted) return;
      await delay(settleMs, undefined, { signal: stop }).catch(() => {});
      this.#changed = Promise.withResolvers<void>();
      if (stop.aborted) return;
      await this.deploy();
    }
  }

  /** Shows what the function prints and how its calls go, from now on. */
  async tail(): Promise<void> {
    const { client, screen, stop } = this.#parts;
    const { namespace, path } = this.#place;
    const since = new Date().toISOString();
    while (!stop.aborted) {
      try {
        for await (const event of client.functions.followLogs(namespace, path, { since }, { signal: stop })) {
          if (event.type === "line") screen.line(lineText(event.line, screen));
        }
      } catch (error) {
        // Until its first deployment succeeds there is no log to follow.
        if (!stop.aborted) screen.status(error instanceof Error ? error.message : String(error));
      }
      await delay(1000, undefined, { signal: stop }).catch(() => {});
    }
  }

  /** Folders are watched, since many editors replace a file instead of writing it. */
  #watch(inputs: readonly string[]): void {
    this.#inputs = new Set(inputs);
    const folders = new Set(
      inputs.filter((path) => !path.includes("node_modules")).map((path) => dirname(path)),
    );
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      const watcher = watch(folder, (_event, name) => {
        const isInput = name === null || [...this.#inputs].some((path) => path.endsWith(name));
        if (isInput) this.#changed.resolve();
      });
      watcher.on("error", () => this.#watchers.delete(folder));
      this.#watchers.set(folder, watcher);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const watcher of this.#watchers.values()) watcher.close();
    await this.#bundler[Symbol.asyncDispose]();
  }
}
