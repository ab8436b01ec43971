import { useEffect, useState } from "preact/hooks";
import type { FileView } from "../../../../src/protocol/files.ts";
import { plural } from "../../../../src/stdx/format.ts";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, sentenceOf } from "../../../shared/error-note.tsx";
import { CursorPager } from "../../../shared/pager.tsx";
import { toast } from "../../../shared/toast.tsx";
import { turnBack, turnTo } from "../../data/cursors.ts";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import type { Params } from "../../router/match.ts";
import { hrefOf, queryValue, updateQuery } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { Crumbs } from "./crumbs.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { DropZone } from "./drop-zone.tsx";
import type { ChosenFile } from "./drops.ts";
import { type Entry, FolderTable } from "./folder-table.tsx";
import { nameOf, publicAddress } from "./paths.ts";
import { Preview } from "./preview.tsx";
import { contentOrigin } from "./public-address.ts";
import { ReplaceDialog, type Replacing, replacedBy } from "./replace-dialog.tsx";
import { UploadButtons } from "./upload-buttons.tsx";
import { UploadTray } from "./upload-tray.tsx";
import { arrivals, uploads } from "./uploads.ts";

const pageSize = 100;
/** Many small files that arrive one after the other are one reason to look again. */
const settleMs = 400;

/** A namespace's files, folder by folder: `files/{namespace}/{folders}?file=`. */
export function Folder({ params }: { readonly params: Params }) {
  const { namespace = "", path = "" } = params;
  const prefix = path === "" ? "" : `${path}/`;
  const cursor = queryValue("cursor");
  const opened = queryValue("file");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [deleting, setDeleting] = useState<readonly string[]>();

  const here = `${namespace}/${prefix}`;
  const listed = useResource(
    `${here}?${cursor ?? ""}`,
    (signal) => client.files(namespace).folder({ prefix, cursor, limit: pageSize }, { signal }),
    { fresh: true },
  );
  useArrivals(listed.reload);
  // What was picked in one folder is out of sight in another.
  useEffect(() => setPicked(new Set()), [here]);

  const [replacing, setReplacing] = useState<Replacing>();
  const upload = (files: readonly ChosenFile[]) => {
    const requests = files.map(({ path, file }) => ({ namespace, path: prefix + path, content: file }));
    const replaced = replacedBy(requests, listed.data?.files ?? []);
    if (replaced.length > 0) setReplacing({ requests, replaced });
    else uploads.add(requests);
  };
  const complain = (error: unknown) => toast(sentenceOf(error), "bad");
  const entries = listed.data && entriesOf(listed.data.folders, listed.data.files);
  const bare = entries?.length === 0;
  return (
    <Page
      title={prefix === "" ? namespace : nameOf(prefix)}
      up={{ href: hrefOf(["files"]), label: "Files" }}
      actions={<UploadButtons onFiles={upload} onError={complain} />}
    >
      <UploadTray />
      {listed.error !== undefined && <ErrorNote error={listed.error} onRetry={listed.reload} />}
      <DropZone invitation={`Drop to upload to ${here}`} onFiles={upload} onError={complain}>
        <Card flush>
          <div class="folder-bar">
            <Crumbs namespace={namespace} prefix={prefix} />
            <Picked
              count={picked.size}
              onDelete={() => setDeleting([...picked])}
              onClear={() => setPicked(new Set())}
            />
          </div>
          {bare ? (
            <EmptyState icon="upload" title={prefix === "" ? "No files yet" : "Nothing in this folder"}>
              Drop files or folders here, or use the buttons above. What you upload is on the web at{" "}
              <code>{`/static/${here}`}</code> at once.
            </EmptyState>
          ) : (
            <>
              <FolderTable
                caption={`Files in ${here}`}
                entries={entries}
                href={(entry) => addressOf(namespace, prefix, entry)}
                picked={picked}
                onPick={setPicked}
                onCopy={(entry) => void copyAddress(namespace, entry.path)}
                onDelete={(entry) => setDeleting([entry.path])}
              />
              {(cursor !== undefined || listed.data?.cursor) && (
                <CursorPager
                  things="entries"
                  count={entries?.length ?? 0}
                  onPrevious={cursor === undefined ? undefined : turnBack}
                  onNext={nextOf(listed.data?.cursor)}
                />
              )}
            </>
          )}
        </Card>
      </DropZone>
      {opened !== undefined && (
        <Preview
          namespace={namespace}
          path={opened}
          onClose={() => updateQuery({ file: undefined })}
          onDelete={() => setDeleting([opened])}
        />
      )}
      {replacing && <ReplaceDialog {...replacing} onClose={() => setReplacing(undefined)} />}
      {deleting && (
        <DeleteDialog
          namespace={namespace}
          paths={deleting}
          onClose={() => setDeleting(undefined)}
          onDone={() => {
            setPicked(new Set());
            if (opened !== undefined && deleting.includes(opened)) updateQuery({ file: undefined });
            listed.reload();
          }}
        />
      )}
    </Page>
  );
}

interface PickedProps {
  readonly count: number;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}

/** What can be done with the entries that are picked. Its room is there before, so the table does not jump. */
function Picked({ count, onDelete, onClear }: PickedProps) {
  return (
    <span class="row folder-bar__picked" role="status">
      {count > 0 && (
        <>
          <span class="small muted">{plural(count, "entry", "entries")} picked</span>
          <Button size="small" kind="quiet" onClick={onClear}>
            Clear
          </Button>
          <Button size="small" icon="trash" onClick={onDelete}>
            Delete
          </Button>
        </>
      )}
    </span>
  );
}

/** Looks again when uploads have arrived: at the first one soon, and after that once they have settled. */
function useArrivals(reload: () => void): void {
  const arrived = arrivals.value;
  const [seen, setSeen] = useState(arrived);
  useEffect(() => {
    if (arrived === seen) return;
    const timer = setTimeout(() => {
      setSeen(arrived);
      reload();
    }, settleMs);
    return () => clearTimeout(timer);
  }, [arrived, seen, reload]);
}

function entriesOf(folders: readonly string[], files: readonly FileView[]): Entry[] {
  return [
    ...folders.map((path): Entry => ({ kind: "folder", path })),
    ...files.map((file): Entry => ({ kind: "file", path: file.path, file })),
  ];
}

function addressOf(namespace: string, prefix: string, entry: Entry): string {
  const folder = entry.kind === "folder" ? entry.path : prefix;
  const segments = ["files", namespace, ...folder.split("/").filter((name) => name !== "")];
  // A file opens above the page of the list that it is on.
  return hrefOf(segments, entry.kind === "file" ? { cursor: queryValue("cursor"), file: entry.path } : {});
}

function nextOf(cursor: string | null | undefined): (() => void) | undefined {
  return cursor === null || cursor === undefined ? undefined : () => turnTo(cursor);
}

async function copyAddress(namespace: string, path: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(new URL(publicAddress(namespace, path), await contentOrigin()).href);
    toast("The file's address was copied.");
  } catch {
    toast("The browser does not let this page use the clipboard.", "bad");
  }
}
