import { useEffect, useState } from "preact/hooks";
import type { DeploymentListItem } from "../../../../src/protocol/functions.ts";
import { LanguageTag } from "../../../shared/badge.tsx";
import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Input } from "../../../shared/field.tsx";
import { Pager } from "../../../shared/pager.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { type Column, Table } from "../../../shared/table.tsx";
import { useActivity } from "../../data/activity.ts";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { hrefOf, queryValue, updateQuery } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { callTrace } from "./call-history.ts";
import { keyOf, type Minutes, Recent, useMinutes } from "./recent-calls.tsx";
import "./functions.css";

const pageSize = 50;
const pauseMs = 250;

const columnsOf = (minutes: Minutes): readonly Column<DeploymentListItem>[] => [
  {
    key: "function",
    title: "Function",
    width: "fill",
    cell: ({ user, path }) => (
      <span title={`/${user}/${path}`}>
        <span class="muted">/{user}/</span>
        {path}
      </span>
    ),
  },
  {
    key: "runtime",
    title: "Runtime",
    width: "shrink",
    cell: ({ runtime }) => <LanguageTag language={runtime} />,
  },
  { key: "revision", title: "Revision", align: "end", width: "shrink", cell: ({ revision }) => revision },
  {
    key: "calls",
    title: "Calls in the last hour",
    width: "shrink",
    cell: (deployment) => <Recent deployment={deployment} minutes={minutes.get(keyOf(deployment))} />,
  },
  {
    key: "deployed",
    title: "Deployed",
    width: "shrink",
    cell: ({ created_at }) => <RelativeTime at={created_at} />,
  },
];

/** What is deployed: `functions?namespace=&offset=`. */
export function FunctionList() {
  const namespace = queryValue("namespace");
  const offset = Math.max(0, Number(queryValue("offset")) || 0);
  const { data, error, reload } = useResource(`functions ${namespace ?? ""} ${offset}`, (signal) =>
    client.functions.list({ namespace, limit: pageSize, offset }, { signal }),
  );
  useActivity(callTrace, reload);
  const minutes = useMinutes(data?.deployments);
  const deploy = (
    <LinkButton kind="primary" icon="plus" href={hrefOf(["playground"], { mode: "function" })}>
      Deploy a function
    </LinkButton>
  );
  return (
    <Page title="Functions" lead="Code that answers at an address while the caller waits." actions={deploy}>
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      <Card flush>
        <div class="list-bar">
          <NamespaceFilter value={namespace ?? ""} />
        </div>
        {data?.total === 0 ? (
          <NoFunctions namespace={namespace} />
        ) : (
          <>
            <Table
              caption="Functions"
              columns={columnsOf(minutes)}
              rows={data?.deployments}
              rowKey={keyOf}
              href={({ user, path }) => hrefOf(["functions", user, ...path.split("/")])}
            />
            {data && data.total > pageSize && (
              <Pager
                things="functions"
                offset={offset}
                count={data.deployments.length}
                limit={pageSize}
                total={data.total}
                onPage={(next) => updateQuery({ offset: next === 0 ? undefined : next })}
              />
            )}
          </>
        )}
      </Card>
    </Page>
  );
}

function NamespaceFilter({ value }: { readonly value: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(
      () => updateQuery({ namespace: text.trim().toLowerCase(), offset: undefined }, { replace: true }),
      pauseMs,
    );
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Input
      label="Namespace"
      labelHidden
      type="search"
      value={text}
      onInput={setText}
      placeholder="All namespaces"
    />
  );
}

function NoFunctions({ namespace }: { readonly namespace: string | undefined }) {
  if (namespace !== undefined) {
    return (
      <EmptyState icon="search" title={`No functions in ${namespace}`}>
        Empty the field above to see those of all namespaces.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="function"
      title="No functions yet"
      actions={
        <LinkButton icon="terminal" href={hrefOf(["playground"], { mode: "function" })}>
          Write one in the playground
        </LinkButton>
      }
    >
      A function is a handler in Lua, JavaScript, Python or WebAssembly. Deployed at a path, it answers every
      request there.
    </EmptyState>
  );
}
