import { createWriteStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Files } from "../../client/files.ts";
import type { FileView } from "../../protocol/files.ts";
import { formatBytes, formatRelative } from "../../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { filesOf, planSync } from "../folder-sync.ts";
import { Screen } from "../screen.ts";
import { reasonOf } from "../source-file.ts";
import { UsageError } from "../usage-error.ts";

const uploadsAtOnce = 4;

/** Brings files to a namespace and back. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const action = words.operand(0, "What to do (sync, list, put, get or delete)");
  const { client, url } = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const json = words.has("json");
  if (action === "sync") {
    const folder = words.operand(1, "The folder");
    const { namespace, path } = remotePlace(words.operands[2] ?? "default");
    words.noMoreThan(3);
    const prefix = path === "" || path.endsWith("/") ? path : `${path}/`;
    return sync(client.files(namespace), folder, prefix, { words, surroundings, screen });
  }
  if (action === "put") {
    const file = words.operand(1, "The file");
    const { namespace, path } = remotePlace(words.operand(2, "Where it goes, NAMESPACE/PATH,"));
    words.noMoreThan(3);
    const name = path === "" || path.endsWith("/") ? path + basename(file) : path;
    const stored = await put(client.files(namespace), name, file, surroundings, screen);
    if (json) screen.json(stored);
    else screen.line(new URL(stored.url, url).href);
    return 0;
  }
  const { namespace, path } = remotePlace(words.operand(1, "The file, NAMESPACE/PATH,"));
  const files = client.files(namespace);
  if (action === "list") {
    words.noMoreThan(2);
    return list(files, path, json, screen);
  }
  if (action === "get") {
    words.noMoreThan(3);
    return fetchFile(files, path, words.operands[2], surroundings, screen);
  }
  if (action !== "delete") {
    throw new UsageError(`files takes sync, list, put, get or delete, not ${JSON.stringify(action)}.`);
  }
  words.noMoreThan(2);
  if (await files.delete(path)) {
    if (!json) screen.note(`${path} is deleted`);
    return 0;
  }
  screen.note(`zerverless: ${namespace} has no file ${JSON.stringify(path)}.`);
  return 1;
}

function remotePlace(text: string): { namespace: string; path: string } {
  const [namespace = "", ...rest] = text.replace(/^\/+/, "").split("/");
  return { namespace, path: rest.join("/") };
}

async function list(files: Files, prefix: string, json: boolean, screen: Screen): Promise<ExitCode> {
  const found: FileView[] = [];
  for await (const file of files.all(prefix)) found.push(file);
  if (json) {
    screen.json(found);
    return 0;
  }
  if (found.length === 0) {
    screen.note("There are no such files. Bring some with: zerverless files sync DIR NAMESPACE");
    return 0;
  }
  const now = Date.now();
  screen.table(
    ["PATH", "SIZE", "TYPE", "CHANGED"],
    found.map(({ path, size, type, modified }) => [
      path,
      formatBytes(size),
      type,
      formatRelative(Date.parse(modified), now),
    ]),
  );
  return 0;
}

async function fetchFile(
  files: Files,
  path: string,
  target: string | undefined,
  { out }: Surroundings,
  screen: Screen,
): Promise<ExitCode> {
  const response = await files.get(path);
  if (!response?.body) {
    screen.note(`zerverless: There is no file ${JSON.stringify(path)}.`);
    return 1;
  }
  const body = Readable.from(response.body);
  if (target === undefined || target === "-") await pipeline(body, out, { end: false });
  else await pipeline(body, createWriteStream(target));
  return 0;
}

async function put(files: Files, path: string, file: string, { stop }: Surroundings, screen: Screen) {
  const blob = await openAsBlob(file).catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${reasonOf(cause)}.`, { cause });
  });
  const stored = await files.put(path, blob, {
    signal: stop,
    onProgress: ({ sent, total = sent }) =>
      screen.status(`${path} ${formatBytes(sent)} of ${formatBytes(total)}`),
  });
  screen.status("");
  return stored;
}

interface SyncParts {
  readonly words: Words;
  readonly surroundings: Surroundings;
  readonly screen: Screen;
}

async function sync(
  files: Files,
  folder: string,
  prefix: string,
  { words, surroundings: { stop }, screen }: SyncParts,
): Promise<ExitCode> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`${folder} is no folder.`);
  screen.status("comparing…");
  const stored = new Map<string, FileView>();
  for await (const file of files.all(prefix, { signal: stop })) stored.set(file.path, file);
  const plan = await planSync(await filesOf(folder, prefix), stored);
  const surplus = words.has("delete") ? plan.surplus : [];
  if (!words.has("dry-run")) {
    const total = plan.upload.reduce((sum, { size }) => sum + size, 0);
    const queue = [...plan.upload];
    let sent = 0;
    const upload = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        let before = 0;
        await files.put(next.path, await openAsBlob(next.file), {
          signal: stop,
          onProgress: (progress) => {
            sent += progress.sent - before;
            before = progress.sent;
            screen.status(`${formatBytes(sent)} of ${formatBytes(total)}, ${queue.length} files to go`);
          },
        });
        if (!words.has("json")) screen.note(`uploaded ${next.path} (${formatBytes(next.size)})`);
      }
    };
    await Promise.all(Array.from({ length: uploadsAtOnce }, upload));
    for (const path of surplus) {
      await files.delete(path, { signal: stop });
      if (!words.has("json")) screen.note(`deleted ${path}`);
    }
  }
  const uploaded = plan.upload.map(({ path }) => path);
  if (words.has("json")) screen.json({ uploaded, deleted: surplus, unchanged: plan.unchanged });
  else {
    const would = words.has("dry-run") ? "would be " : "";
    screen.line(
      `${uploaded.length} ${would}uploaded, ${surplus.length} ${would}deleted, ${plan.unchanged} unchanged`,
    );
  }
  return 0;
}
