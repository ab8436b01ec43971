import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { isNamespace } from "../../../src/protocol/namespace-names.ts";
import type { NamespaceView } from "../../../src/protocol/namespaces.ts";
import { Button } from "../../shared/button.tsx";
import { Card } from "../../shared/card.tsx";
import { EmptyState } from "../../shared/empty-state.tsx";
import { ErrorNote } from "../../shared/error-note.tsx";
import { Input } from "../../shared/field.tsx";
import type { IconName } from "../../shared/icon.tsx";
import { CursorPager } from "../../shared/pager.tsx";
import { type Column, Table } from "../../shared/table.tsx";
import { turnBack, turnTo } from "../data/cursors.ts";
import { readNamespaces } from "../data/namespaces.ts";
import { useResource } from "../data/resource.ts";
import { hrefOf, navigate, queryValue } from "../router/router.ts";
import { Page } from "../shell/page.tsx";
import "./namespace-list.css";

export interface NamespaceListProps {
  readonly title: string;
  readonly lead: ComponentChildren;
  readonly icon: IconName;
  /** The first segment of the addresses that the list leads to. */
  readonly path: string;
  /** How much of what this view is about a namespace has. */
  readonly columns: readonly Column<NamespaceView>[];
  readonly holdsAny: (namespace: NamespaceView) => boolean;
  readonly empty: ComponentChildren;
}

/** The namespaces that have something of a kind, and a way to open any other. */
export function NamespaceList(props: NamespaceListProps) {
  const { title, lead, icon, path, columns, holdsAny, empty } = props;
  const cursor = queryValue("cursor");
  const { data, error, reload } = useResource(`${path} ${cursor ?? ""}`, (signal) =>
    readNamespaces(holdsAny, cursor, signal),
  );
  return (
    <Page title={title} lead={lead}>
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      <Card title="Namespaces" flush actions={<OpenNamespace path={path} />}>
        {data?.namespaces.length === 0 && data.next === undefined && cursor === undefined ? (
          <EmptyState icon={icon} title="Nothing here yet">
            {empty}
          </EmptyState>
        ) : (
          <>
            <Table
              caption="Namespaces"
              columns={[
                {
                  key: "namespace",
                  title: "Namespace",
                  width: "fill",
                  cell: ({ namespace }) => <span>{namespace}</span>,
                },
                ...columns,
              ]}
              rows={data?.namespaces}
              rowKey={({ namespace }) => namespace}
              href={({ namespace }) => hrefOf([path, namespace])}
              rowsExpected={4}
            />
            {data && (cursor !== undefined || data.next !== undefined) && (
              <CursorPager
                things="namespaces"
                count={data.namespaces.length}
                onPrevious={cursor === undefined ? undefined : turnBack}
                onNext={data.next === undefined ? undefined : () => turnTo(data.next ?? "")}
              />
            )}
          </>
        )}
      </Card>
    </Page>
  );
}

/** Opens a namespace by its name: one is there as soon as something is put into it. */
function OpenNamespace({ path }: { readonly path: string }) {
  const [name, setName] = useState("");
  const valid = isNamespace(name);
  return (
    <form
      class="open-namespace"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) navigate(hrefOf([path, name]));
      }}
    >
      <Input
        label="Open a namespace by its name"
        labelHidden
        value={name}
        onInput={(text) => setName(text.trim().toLowerCase())}
        placeholder="Namespace"
      />
      <Button type="submit" disabled={!valid}>
        Open
      </Button>
    </form>
  );
}
