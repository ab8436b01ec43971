import { useState } from "preact/hooks";
import { formatCount, plural } from "../../../../src/stdx/format.ts";
import { ConfirmDialog } from "../../../shared/dialog.tsx";
import { client } from "../../data/session.ts";
import { nameOf } from "./paths.ts";

export interface DeleteDialogProps {
  readonly namespace: string;
  /** Files, and folders as prefixes with a slash at their ends. */
  readonly paths: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Browsers open six connections to a host. */
const atOnce = 4;

export function DeleteDialog({ namespace, paths, onDone, onClose }: DeleteDialogProps) {
  const [deleted, setDeleted] = useState(0);
  const [only = ""] = paths;
  const folders = paths.filter((path) => path.endsWith("/")).length;
  const what =
    paths.length === 1
      ? nameOf(only)
      : folders > 0
        ? `${paths.length} files and folders`
        : plural(paths.length, "file");
  return (
    <ConfirmDialog
      title={`Delete ${what}?`}
      confirm="Delete"
      danger
      onConfirm={async () => {
        try {
          await deleteAll(namespace, paths, () => setDeleted((count) => count + 1));
        } finally {
          onDone();
        }
      }}
      onClose={onClose}
    >
      {folders > 0 ? "Everything in " : ""}
      {paths.length === 1 ? <code>{only}</code> : what}
      {folders > 1 || (folders === 1 && paths.length > 1) ? ", whatever lies in the folders," : ""} will be
      gone from the API and from the web at once. This cannot be undone.
      {deleted > 0 && <p role="status">{formatCount(deleted)} deleted so far.</p>}
    </ConfirmDialog>
  );
}

async function deleteAll(namespace: string, paths: readonly string[], onDeleted: () => void): Promise<void> {
  const files = client.files(namespace);
  const queue = every(namespace, paths);
  const worker = async () => {
    for (;;) {
      const next = await queue.next();
      if (next.done) return;
      await files.delete(next.value);
      onDeleted();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The files themselves, and those in the folders. */
async function* every(namespace: string, paths: readonly string[]): AsyncGenerator<string, void, undefined> {
  for (const path of paths) {
    if (!path.endsWith("/")) yield path;
    else for await (const file of client.files(namespace).all(path)) yield file.path;
  }
}
