import assert from "node:assert/strict";
import type { KvCommand, KvEntry, KvRange, KvResult, KvStore } from "../../src/namespaces/kv-store.ts";
import { AppError } from "../../src/stdx/errors.ts";
import { jsonTextOf } from "../../src/stdx/json-text.ts";

/** What a step asks of a store. Where a command has an expiry, it is in milliseconds from now. */
export type KvStep =
  | { kind: "one"; namespace: string; operation: KvCommand }
  /** All at once, in separate calls. */
  | { kind: "burst"; namespace: string; operations: readonly KvCommand[] }
  | { kind: "batch"; namespace: string; operations: readonly KvCommand[] }
  | ({ kind: "list"; namespace: string } & KvRange);

type Entries = ReadonlyMap<string, KvEntry>;
/** What a command does to the entries, or the code of its refusal. A version of -1 stands for any that is new. */
type Outcome = { entries: Entries; result: KvResult } | { code: string };

const newVersion = -1;

/** A store as simple as can be: maps that are copied with every change. */
export class KvModel {
  /** As a condition: the version that the value has when the step begins. */
  static readonly presentVersion = 1;
  /** As a condition: a version that no value has. */
  static readonly otherVersion = 1_000_000_000;
  readonly #now: () => number;
  readonly #namespaces = new Map<string, Entries>();
  /** The highest version ever seen, by namespace and key. */
  readonly #versions = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Does the same with the store and the model and compares what comes of it. */
  async agreesOn(store: KvStore, step: KvStep): Promise<void> {
    const { namespace } = step;
    if (step.kind === "list") {
      assert.deepEqual(await store.list(namespace, step), this.#list(namespace, step));
      return;
    }
    if (step.kind === "batch") {
      const commands = step.operations.map((command) => this.#absolute(namespace, command));
      await this.#compareBatch(namespace, commands, await settle(store.batch(namespace, commands)));
      return;
    }
    const operations = step.kind === "one" ? [step.operation] : step.operations.filter(writes);
    const commands = operations.map((command) => this.#absolute(namespace, command));
    const results = await Promise.all(commands.map((command) => settle(runOne(store, namespace, command))));
    for (const [index, command] of commands.entries()) this.#compare(namespace, command, results[index]);
  }

  /** Compares everything that is there. */
  async agreesInAll(store: KvStore): Promise<void> {
    for (const [namespace, entries] of this.#namespaces) {
      const range = { prefix: "", after: undefined, limit: 1000 };
      assert.deepEqual(await store.list(namespace, range), this.#list(namespace, range));
      for (const key of entries.keys())
        assert.deepEqual(await store.get(namespace, key), this.#get(namespace, key));
    }
  }

  #compare(namespace: string, command: KvCommand, actual: unknown): void {
    const outcome = apply(this.#alive(namespace), command);
    if ("code" in outcome) {
      assert.ok(actual instanceof AppError, `${command.op} should have been refused`);
      assert.equal(actual.code, outcome.code);
      return;
    }
    if (actual instanceof Error) throw actual;
    this.#accept(namespace, command, outcome, actual);
  }

  async #compareBatch(namespace: string, commands: readonly KvCommand[], actual: unknown): Promise<void> {
    const before = this.#alive(namespace);
    const results = Array.isArray(actual) ? actual : undefined;
    for (const [index, command] of commands.entries()) {
      const outcome = apply(this.#alive(namespace), command);
      if ("code" in outcome) {
        assert.ok(actual instanceof AppError, `the batch should have been refused at ${index}`);
        assert.deepEqual([actual.code, actual.details?.index], [outcome.code, index]);
        this.#namespaces.set(namespace, before);
        return;
      }
      if (results) this.#accept(namespace, command, outcome, results[index]);
      else this.#namespaces.set(namespace, outcome.entries);
    }
    if (actual instanceof Error) throw actual;
  }

  /** Takes over the store's new version, after checking that it is new. */
  #accept(
    namespace: string,
    { key }: KvCommand,
    outcome: Exclude<Outcome, { code: string }>,
    actual: unknown,
  ): void {
    const { entries, result } = outcome;
    if (!("version" in result)) {
      assert.deepEqual(actual, result);
      this.#namespaces.set(namespace, entries);
      return;
    }
    assert.ok(typeof actual === "object" && actual !== null && "version" in actual);
    const { version } = actual;
    assert.ok(typeof version === "number");
    const place = `${namespace} ${key}`;
    assert.ok(version > (this.#versions.get(place) ?? 0), `version ${version} of ${place} is not new`);
    this.#versions.set(place, version);
    assert.deepEqual(actual, { ...result, version });
    const entry = entries.get(key);
    this.#namespaces.set(namespace, entry ? new Map(entries).set(key, { ...entry, version }) : entries);
  }

  #absolute(namespace: string, command: KvCommand): KvCommand {
    let absolute = command;
    if ("expiresAt" in absolute && absolute.expiresAt !== undefined) {
      absolute = { ...absolute, expiresAt: this.#now() + absolute.expiresAt };
    }
    if ("condition" in absolute && absolute.condition === KvModel.presentVersion) {
      absolute = { ...absolute, condition: this.#get(namespace, command.key)?.version ?? 0 };
    }
    return absolute;
  }

  #alive(namespace: string): Entries {
    const entries = [...(this.#namespaces.get(namespace) ?? [])];
    return new Map(entries.filter(([, { expiresAt }]) => expiresAt === undefined || expiresAt > this.#now()));
  }

  #get(namespace: string, key: string): KvEntry | undefined {
    return this.#alive(namespace).get(key);
  }

  #list(namespace: string, { prefix, after, limit }: KvRange): string[] {
    return [...this.#alive(namespace).keys()]
      .filter((key) => key.startsWith(prefix))
      .filter((key) => after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .slice(0, limit);
  }
}

function apply(entries: Entries, command: KvCommand): Outcome {
  const { key } = command;
  const entry = entries.get(key);
  const condition = "condition" in command ? command.condition : undefined;
  const holds =
    condition === undefined ||
    (condition === "any" ? entry !== undefined : condition === (entry?.version ?? 0));
  if (!holds) return { code: "version_mismatch" };
  switch (command.op) {
    case "get":
      return { entries, result: { op: "get", entry } };
    case "check":
      return { entries, result: { op: "check" } };
    case "delete": {
      const rest = new Map(entries);
      return { entries: rest, result: { op: "delete", deleted: rest.delete(key) } };
    }
    case "set": {
      const { valueJson, expiresAt } = command;
      const result = { op: "set", version: newVersion, created: entry === undefined } as const;
      return {
        entries: new Map(entries).set(key, { key, valueJson, version: newVersion, expiresAt }),
        result,
      };
    }
    case "increment": {
      const before: unknown = entry ? JSON.parse(entry.valueJson) : 0;
      if (typeof before !== "number" || !Number.isSafeInteger(before)) return { code: "not_a_counter" };
      const value = before + command.by;
      const expiresAt = entry ? entry.expiresAt : command.expiresAt;
      const after = { key, valueJson: jsonTextOf(value), version: newVersion, expiresAt };
      return {
        entries: new Map(entries).set(key, after),
        result: { op: "increment", value, version: newVersion },
      };
    }
  }
}

function writes({ op }: KvCommand): boolean {
  return op === "set" || op === "delete" || op === "increment";
}

/** By the method of its own where there is one, so that those are tried as well as batches. */
function runOne(store: KvStore, namespace: string, command: KvCommand): Promise<unknown> {
  switch (command.op) {
    case "get":
      return store.get(namespace, command.key).then((entry) => ({ op: "get", entry }));
    case "set":
      return store.set(namespace, command);
    case "delete":
      return store.delete(namespace, command);
    case "increment":
      return store.increment(namespace, command);
    case "check":
      return store.batch(namespace, [command]).then(([result]) => result);
  }
}

function settle(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}
