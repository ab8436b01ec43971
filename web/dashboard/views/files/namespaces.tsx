import { formatBytes, formatCount } from "../../../../src/stdx/format.ts";
import { NamespaceList } from "../../components/namespace-list.tsx";

/** Whose files there are. */
export function Namespaces() {
  return (
    <NamespaceList
      title="Files"
      lead="Each namespace has files that programs store and fetch, and that are a site on the web."
      icon="folder"
      path="files"
      columns={[
        {
          key: "files",
          title: "Files",
          align: "end",
          width: "shrink",
          cell: ({ files }) => formatCount(files),
        },
        {
          key: "bytes",
          title: "Size",
          align: "end",
          width: "shrink",
          cell: ({ file_bytes }) => formatBytes(file_bytes),
        },
      ]}
      holdsAny={({ files }) => files > 0}
      empty="Open a namespace by its name, such as default, and drop files into it."
    />
  );
}
