import type { FileView } from "../../../../src/protocol/files.ts";
import { plural } from "../../../../src/stdx/format.ts";
import { ConfirmDialog } from "../../../shared/dialog.tsx";
import { nameOf } from "./paths.ts";
import type { UploadRequest } from "./upload-queue.ts";
import { uploads } from "./uploads.ts";

/** Uploads that wait for a yes, since files would be replaced by them. */
export interface Replacing {
  readonly requests: readonly UploadRequest[];
  readonly replaced: readonly string[];
}

/** Files that the question names one by one. */
const namedMax = 5;

/** Paths of those files that uploads would take the place of. */
export function replacedBy(requests: readonly UploadRequest[], files: readonly FileView[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  return requests.map(({ path }) => path).filter((path) => known.has(path));
}

export function ReplaceDialog({ requests, replaced, onClose }: Replacing & { readonly onClose: () => void }) {
  const unnamed = replaced.length - namedMax;
  return (
    <ConfirmDialog
      title={`Replace ${plural(replaced.length, "file")}?`}
      confirm={`Upload ${plural(requests.length, "file")}`}
      onConfirm={() => uploads.add(requests)}
      onClose={onClose}
    >
      {replaced.slice(0, namedMax).map(nameOf).join(", ")}
      {unnamed > 0 && ` and ${plural(unnamed, "other")}`}
      {replaced.length === 1 ? " is" : " are"} in this folder already. What you upload takes the place of what
      is there.
    </ConfirmDialog>
  );
}
