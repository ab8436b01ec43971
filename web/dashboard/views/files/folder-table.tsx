import type { FileView } from "../../../../src/protocol/files.ts";
import { formatBytes } from "../../../../src/stdx/format.ts";
import { IconButton } from "../../../shared/button.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { type Column, Table } from "../../../shared/table.tsx";
import { nameOf } from "./paths.ts";
import "./files.css";

/** What a folder's table lists. */
export type Entry =
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly file: FileView };

export interface FolderTableProps {
  readonly caption: string;
  readonly entries: readonly Entry[] | undefined;
  readonly href: (entry: Entry) => string;
  readonly picked: ReadonlySet<string>;
  readonly onPick: (picked: ReadonlySet<string>) => void;
  readonly onCopy: (entry: Entry) => void;
  readonly onDelete: (entry: Entry) => void;
}

export function FolderTable(props: FolderTableProps) {
  const { caption, entries, href, picked, onPick, onCopy, onDelete } = props;
  const columns: readonly Column<Entry>[] = [
    { key: "name", title: "Name", width: "fill", bare: true, cell: (entry) => <Name entry={entry} /> },
    {
      key: "size",
      title: "Size",
      align: "end",
      width: "shrink",
      cell: (entry) => (entry.kind === "file" ? formatBytes(entry.file.size) : ""),
    },
    {
      key: "changed",
      title: "Changed",
      width: "shrink",
      cell: (entry) => (entry.kind === "file" ? <RelativeTime at={entry.file.modified} /> : ""),
    },
    {
      key: "actions",
      title: "",
      width: "shrink",
      bare: true,
      cell: (entry) => (
        <span class="row-actions">
          {entry.kind === "file" && (
            <IconButton
              size="small"
              icon="copy"
              label={`Copy the address of ${nameOf(entry.path)}`}
              onClick={() => onCopy(entry)}
            />
          )}
          <IconButton
            size="small"
            icon="trash"
            label={`Delete ${nameOf(entry.path)}`}
            onClick={() => onDelete(entry)}
          />
        </span>
      ),
    },
  ];
  return (
    <Table
      caption={caption}
      columns={columns}
      rows={entries}
      rowKey={(entry) => entry.path}
      href={href}
      picking={{ picked, onPick, label: (entry) => `Pick ${nameOf(entry.path)}` }}
    />
  );
}

function Name({ entry }: { readonly entry: Entry }) {
  return (
    <span class="entry">
      <Icon name={entry.kind} />
      <span class="entry__name">{nameOf(entry.path)}</span>
    </span>
  );
}
