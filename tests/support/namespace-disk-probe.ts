/**
 * Fills the databases and files in the directory it is given until the disk refuses, and prints as JSON what it saw. To be
 * run where files may not grow without end.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readWhole } from "../../src/namespaces/file-bodies.ts";
import { parseFilePath } from "../../src/namespaces/file-path.ts";
import { systemClock } from "../../src/stdx/clock.ts";
import { AppError } from "../../src/stdx/errors.ts";
import { checkedJsonText } from "../../src/stdx/json-text.ts";
import { noLog } from "../../src/stdx/log.ts";
import { LocalFileStore } from "../../src/stores/files/file-store.ts";
import { SqliteKvStore } from "../../src/stores/sqlite/kv-store.ts";

interface Refusal {
  readonly code: string;
  readonly message: string;
}

export interface NamespaceDiskReport {
  readonly kvAccepted: number;
  readonly kvRefusal: Refusal | undefined;
  /** How many of the accepted values are there, and how many that were refused. */
  readonly kvHeld: number;
  readonly kvAfterDelete: boolean;
  readonly fileRefusal: Refusal | undefined;
  /** What lies on the disk of files after the refusal. */
  readonly contentsAfterRefusal: number;
  readonly smallFile: string | undefined;
}

const [directory = ""] = process.argv.slice(2);
const options = { clock: systemClock, log: noLog };
const valueJson = checkedJsonText(JSON.stringify("x".repeat(50_000)));
const set = (key: string) =>
  ({ op: "set", key, valueJson, expiresAt: undefined, condition: undefined }) as const;

function refusalOf(error: unknown): Refusal {
  if (error instanceof AppError) return { code: error.code, message: error.message };
  throw error;
}

async function* megabytes(count: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n++) yield Buffer.alloc(1024 * 1024);
}

async function fillDatabase() {
  await using store = new SqliteKvStore({ directory: join(directory, "kv"), ...options });
  let kvAccepted = 0;
  let kvRefusal: Refusal | undefined;
  while (kvRefusal === undefined && kvAccepted < 1000) {
    try {
      await store.set("alice", set(`${kvAccepted}`));
      kvAccepted++;
    } catch (error) {
      kvRefusal = refusalOf(error);
    }
  }
  const keys = await store.list("alice", { prefix: "", after: undefined, limit: 10_000 });
  const whole = await Promise.all(keys.map((key) => store.get("alice", key)));
  const kvHeld = whole.filter((entry) => entry?.valueJson === valueJson).length;
  return { kvAccepted, kvRefusal, kvHeld };
}

async function deleteSome(): Promise<boolean> {
  await using store = new SqliteKvStore({ directory: join(directory, "kv"), ...options });
  for (const key of ["0", "1", "2"]) {
    await store.delete("alice", { op: "delete", key, condition: undefined });
  }
  return (await store.set("alice", set("after"))).created;
}

async function fillFiles() {
  await using store = await LocalFileStore.open({ directory: join(directory, "storage"), ...options });
  const refused = await store.put("alice", parseFilePath("large"), megabytes(8), 1e9).then(
    () => undefined,
    (error: unknown) => refusalOf(error),
  );
  const entries = await readdir(join(directory, "storage"), { recursive: true, withFileTypes: true });
  const contents = entries.filter((entry) => entry.isFile() && !entry.name.startsWith("index.db"));
  async function* small(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("small");
  }
  const { file } = await store.put("alice", parseFilePath("small"), small(), 1e9);
  const smallFile = (await readWhole(store, file))?.toString();
  return { fileRefusal: refused, contentsAfterRefusal: contents.length, smallFile };
}

const filled = await fillDatabase();
const kvAfterDelete = await deleteSome();
const report: NamespaceDiskReport = { ...filled, kvAfterDelete, ...(await fillFiles()) };
process.stdout.write(JSON.stringify(report));
