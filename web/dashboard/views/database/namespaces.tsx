import { formatCount } from "../../../../src/stdx/format.ts";
import { NamespaceList } from "../../components/namespace-list.tsx";
import { KeyCount } from "./key-count.tsx";

/** Whose databases there are. */
export function Namespaces() {
  return (
    <NamespaceList
      title="Database"
      lead="Each namespace has a database of keys and JSON values, which its functions and jobs reach as db."
      icon="database"
      path="database"
      columns={[
        {
          key: "keys",
          title: "Keys",
          align: "end",
          width: "shrink",
          cell: ({ namespace }) => <KeyCount namespace={namespace} />,
        },
        {
          key: "functions",
          title: "Functions",
          align: "end",
          width: "shrink",
          cell: ({ functions }) => formatCount(functions),
        },
      ]}
      holdsAny={({ database }) => database}
      empty="Open a namespace by its name, such as default, and add a key to it; or let a function call db.set."
    />
  );
}
