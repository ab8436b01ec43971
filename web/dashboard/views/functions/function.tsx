import { useState } from "preact/hooks";
import { hasCode } from "../../../../src/client/index.ts";
import type { DeploymentDetail } from "../../../../src/protocol/functions.ts";
import { plural } from "../../../../src/stdx/format.ts";
import { LanguageTag } from "../../../shared/badge.tsx";
import { Button, LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { ConfirmDialog } from "../../../shared/dialog.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { Tabs } from "../../../shared/tabs.tsx";
import { toast } from "../../../shared/toast.tsx";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import type { Params } from "../../router/match.ts";
import { hrefOf, navigate, queryValue } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { FunctionLog } from "./function-log.tsx";
import { FunctionOverview } from "./function-overview.tsx";
import { Revisions } from "./revisions.tsx";
import { Trial } from "./trial-view.tsx";
import "./functions.css";

const tabs = [
  { key: "overview", label: "Overview" },
  { key: "try", label: "Try it" },
  { key: "revisions", label: "Revisions" },
  { key: "log", label: "Log" },
] as const;
type TabKey = (typeof tabs)[number]["key"];

/** One function: `functions/{namespace}/{path}?tab=`, where each tab has further values. */
export function FunctionPage({ params }: { readonly params: Params }) {
  const { namespace = "", path = "" } = params;
  const { data, error, reload } = useResource(
    `function ${namespace}/${path}`,
    (signal) => client.functions.get(namespace, path, { signal }),
    { fresh: true },
  );
  const [deleting, setDeleting] = useState(false);
  const tab = tabs.find(({ key }) => key === queryValue("tab"))?.key ?? "overview";
  const here = ["functions", namespace, ...path.split("/")];
  const select = (key: TabKey) => navigate(hrefOf(here, { tab: key === "overview" ? undefined : key }));
  return (
    <Page
      title={`/${namespace}/${path}`}
      up={{ href: hrefOf(["functions"]), label: "Functions" }}
      aside={data && <LanguageTag language={data.runtime} />}
      actions={
        data && (
          <>
            <Button kind="quiet" icon="trash" onClick={() => setDeleting(true)}>
              Delete
            </Button>
            <LinkButton icon="edit" href={hrefOf(["playground"], { function: `${namespace}/${path}` })}>
              Edit and deploy
            </LinkButton>
          </>
        )
      }
    >
      {error !== undefined &&
        (hasCode(error, "function_not_found") ? (
          <Missing namespace={namespace} path={path} />
        ) : (
          <ErrorNote error={error} onRetry={reload} />
        ))}
      {error === undefined && (
        <Tabs label={`${namespace}/${path}`} tabs={tabs} selected={tab} onSelect={select}>
          <div class="function__panel">
            {data ? <Panel tab={tab} deployment={data} onChanged={reload} /> : <Skeleton height="18rem" />}
          </div>
        </Tabs>
      )}
      {deleting && data && <DeleteFunction deployment={data} onClose={() => setDeleting(false)} />}
    </Page>
  );
}

interface PanelProps {
  readonly tab: TabKey;
  readonly deployment: DeploymentDetail;
  readonly onChanged: () => void;
}

function Panel({ tab, deployment, onChanged }: PanelProps) {
  switch (tab) {
    case "overview":
      return <FunctionOverview deployment={deployment} />;
    case "try":
      return <Trial deployment={deployment} />;
    case "revisions":
      return <Revisions deployment={deployment} onChanged={onChanged} />;
    case "log":
      return <FunctionLog deployment={deployment} />;
  }
}

function Missing({ namespace, path }: { readonly namespace: string; readonly path: string }) {
  return (
    <Card>
      <EmptyState
        icon="function"
        title="Nothing is deployed here"
        actions={
          <>
            <LinkButton href={hrefOf(["functions"])}>All functions</LinkButton>
            <LinkButton kind="primary" href={hrefOf(["playground"], { mode: "function" })}>
              Deploy a function
            </LinkButton>
          </>
        }
      >
        There is no function at <code>{`/${namespace}/${path}`}</code>. It was deleted, or the address is
        mistyped.
      </EmptyState>
    </Card>
  );
}

interface DeleteFunctionProps {
  readonly deployment: DeploymentDetail;
  readonly onClose: () => void;
}

function DeleteFunction({ deployment, onClose }: DeleteFunctionProps) {
  const { user, path, revisions } = deployment;
  return (
    <ConfirmDialog
      title={`Delete /${user}/${path}?`}
      confirm="Delete"
      danger
      onConfirm={async () => {
        await client.functions.delete(user, path);
        toast(`/${user}/${path} was deleted.`);
        navigate(hrefOf(["functions"]));
      }}
      onClose={onClose}
    >
      Calls are answered with 404 from then on, and {plural(revisions.length, "revision")} of its code will be
      gone. What it kept in the database of {user} stays. This cannot be undone.
    </ConfirmDialog>
  );
}
