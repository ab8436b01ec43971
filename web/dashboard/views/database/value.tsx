import { useState } from "preact/hooks";
import { formatBytes } from "../../../../src/stdx/format.ts";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { ConfirmDialog } from "../../../shared/dialog.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { toast } from "../../../shared/toast.tsx";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { hrefOf, queryValue } from "../../router/router.ts";
import type { Entry } from "./entry.ts";
import { previewOf } from "./json-format.ts";
import { readEntry } from "./store.ts";
import { ValueEditor } from "./value-editor.tsx";
import "./database.css";

/** Longer values are shown in part until one asks for all: each stroke in an editor checks the whole value. */
const editedCharsMax = 256 * 1024;
const previewChars = 2000;

export interface ValueProps {
  readonly namespace: string;
  readonly keyName: string;
  /** The keys have changed. */
  readonly onChanged: () => void;
  readonly onDeleted: () => void;
}

/** A key and its value. */
export function Value({ namespace, keyName, onChanged, onDeleted }: ValueProps) {
  const read = useResource(`${namespace}/${keyName}`, (signal) => readEntry(namespace, keyName, signal), {
    fresh: true,
  });
  /** What was taken out of a conflict, until something newer is read. */
  const [taken, setTaken] = useState<{ readonly entry: Entry | undefined }>();
  const [whole, setWhole] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const entry = taken ? taken.entry : read.data;
  const known = taken !== undefined || !read.loading || read.data !== undefined;
  return (
    <div class="stack">
      <header class="value__head">
        <a class="value__back" href={hrefOf(["database", namespace], { prefix: queryValue("prefix") })}>
          All keys
        </a>
        <div class="spread">
          <h2 class="value__key mono">{keyName}</h2>
          <CopyButton text={keyName} label="Copy key" />
        </div>
      </header>
      {read.error !== undefined && <ErrorNote error={read.error} onRetry={read.reload} />}
      {!known && <Skeleton height="14rem" />}
      {known && read.error === undefined && entry === undefined && (
        <Card>
          <EmptyState icon="key" title="This key has no value">
            It was deleted, or its time was up. Write a value below to create it again.
          </EmptyState>
        </Card>
      )}
      {known && entry && entry.json.length > editedCharsMax && !whole && (
        <LargeValue
          entry={entry}
          keyName={keyName}
          onEdit={() => setWhole(true)}
          onDelete={() => setDeleting(true)}
        />
      )}
      {known && read.error === undefined && (!entry || entry.json.length <= editedCharsMax || whole) && (
        <ValueEditor
          key={`${keyName} ${entry?.version ?? 0}`}
          namespace={namespace}
          keyName={keyName}
          entry={entry}
          onSaved={() => {
            setTaken(undefined);
            read.reload();
            onChanged();
          }}
          onDelete={() => setDeleting(true)}
          onTake={(theirs) => setTaken({ entry: theirs })}
        />
      )}
      {deleting && (
        <ConfirmDialog
          title="Delete this key?"
          confirm="Delete"
          danger
          onConfirm={async () => {
            await client.kv(namespace).delete(keyName);
            toast(`${keyName} was deleted.`);
            onDeleted();
          }}
          onClose={() => setDeleting(false)}
        >
          <code class="value__key">{keyName}</code> and its value will be gone from the database of{" "}
          {namespace}. This cannot be undone.
        </ConfirmDialog>
      )}
    </div>
  );
}

interface LargeValueProps {
  readonly entry: Entry;
  readonly keyName: string;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

function LargeValue({ entry, keyName, onEdit, onDelete }: LargeValueProps) {
  const size = formatBytes(new TextEncoder().encode(entry.json).length);
  return (
    <Card title="Value" actions={<CopyButton text={entry.json} label="Copy all" />}>
      <div class="stack">
        <Note>This value has {size}, so only its beginning is shown.</Note>
        <pre class="value__preview">{previewOf(entry.json, previewChars)}</pre>
        <div class="spread">
          <span class="row">
            <Button onClick={onEdit}>Edit all of it</Button>
            <Button icon="download" onClick={() => download(keyName, entry.json)}>
              Download
            </Button>
          </span>
          <Button kind="quiet" icon="trash" onClick={onDelete}>
            Delete
          </Button>
        </div>
      </div>
    </Card>
  );
}

function download(name: string, json: string): void {
  const url = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${name.replaceAll(/[^\w.-]+/g, "-")}.json`;
  link.click();
  URL.revokeObjectURL(url);
}
