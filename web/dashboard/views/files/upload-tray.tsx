import { formatBytes, plural } from "../../../../src/stdx/format.ts";
import { Button, IconButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { isOpen, type Upload, type UploadState } from "./upload-queue.ts";
import { uploads } from "./uploads.ts";
import "./files.css";

/** Thousands of rows would take longer to lay out than to upload. */
const rowsMax = 100;

/** What is on its way, and what became of it. Takes no room when there is nothing. */
export function UploadTray() {
  const all = uploads.uploads.value;
  const { files, done, failed, open, bytes, sentBytes } = uploads.totals.value;
  if (all.length === 0) return null;
  const title =
    open > 0
      ? `Uploading ${plural(files, "file")}`
      : failed > 0
        ? `${plural(done, "file")} uploaded, ${failed} failed`
        : `${plural(done, "file")} uploaded`;
  // Those that need a person's eye come first, then those on their way.
  const order = { failed: 0, sending: 1, waiting: 2, cancelled: 3, done: 4 } as const;
  const shown = all
    .toSorted((a, b) => order[a.state.value.kind] - order[b.state.value.kind])
    .slice(0, rowsMax);
  return (
    <Card
      title={title}
      flush
      actions={
        open > 0 ? (
          <>
            <span class="small muted numbers">
              {formatBytes(sentBytes)} of {formatBytes(bytes)}
            </span>
            <Button size="small" onClick={() => uploads.cancelAll()}>
              Cancel all
            </Button>
          </>
        ) : (
          <Button size="small" onClick={() => uploads.clear()}>
            Clear
          </Button>
        )
      }
    >
      <progress
        class="upload-bar"
        max={Math.max(bytes, 1)}
        value={bytes === 0 ? done : sentBytes}
        aria-label="All uploads together"
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <ul class="uploads" tabIndex={0} aria-label="Uploads">
        {shown.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
        {all.length > shown.length && (
          <li class="uploads__rest small muted">and {plural(all.length - shown.length, "more file")}</li>
        )}
      </ul>
    </Card>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  const state = upload.state.value;
  return (
    <li class="upload">
      <Icon name={state.kind === "done" ? "check" : state.kind === "failed" ? "alert" : "file"} />
      <span class="upload__path truncate" title={`${upload.namespace}/${upload.path}`}>
        {upload.path}
      </span>
      <span class={`upload__state small numbers ${state.kind === "failed" ? "upload__state--bad" : "muted"}`}>
        {wordsOf(state, upload.content.size)}
      </span>
      <span class="upload__action">
        {isOpen(state) && (
          <IconButton
            size="small"
            icon="close"
            label={`Cancel ${upload.path}`}
            onClick={() => uploads.cancel(upload)}
          />
        )}
        {(state.kind === "failed" || state.kind === "cancelled") && (
          <IconButton
            size="small"
            icon="refresh"
            label={`Upload ${upload.path} again`}
            onClick={() => uploads.retry(upload)}
          />
        )}
      </span>
    </li>
  );
}

function wordsOf(state: UploadState, size: number): string {
  switch (state.kind) {
    case "waiting":
      return "Waiting";
    case "sending":
      return size === 0 ? "0%" : `${Math.floor((Math.min(state.sentBytes, size) / size) * 100)}%`;
    case "done":
      return formatBytes(size);
    case "cancelled":
      return "Cancelled";
    case "failed":
      return state.reason;
  }
}
