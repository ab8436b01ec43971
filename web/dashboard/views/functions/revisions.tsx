import { useState } from "preact/hooks";
import type { DeploymentDetail, RevisionView } from "../../../../src/protocol/functions.ts";
import { Badge, LanguageTag } from "../../../shared/badge.tsx";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { ConfirmDialog } from "../../../shared/dialog.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { Select } from "../../../shared/field.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { type Column, Table } from "../../../shared/table.tsx";
import { Segments } from "../../../shared/tabs.tsx";
import { toast } from "../../../shared/toast.tsx";
import type { DiffLook } from "../../components/diff/diff-view.tsx";
import { LazyDiff } from "../../components/diff/lazy-diff.tsx";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { queryValue, updateQuery } from "../../router/router.ts";
import { codeOfRevision } from "./store.ts";

const shownStep = 25;

export interface RevisionsProps {
  readonly deployment: DeploymentDetail;
  readonly onChanged: () => void;
}

/** Every revision that is kept, and what changed from one to another: `?tab=revisions&from=&to=&look=`. */
export function Revisions({ deployment, onChanged }: RevisionsProps) {
  const { revision: current } = deployment;
  const [target, setTarget] = useState<number>();
  const pair = chosenPair(deployment);
  return (
    <div class="stack">
      {pair ? (
        <Comparison deployment={deployment} {...pair} />
      ) : (
        <Note>There is one revision. Once there is another, what changed between them is shown here.</Note>
      )}
      <RevisionList deployment={deployment} compared={pair} onPick={setTarget} />
      {target !== undefined && (
        <ConfirmDialog
          title={`Let revision ${target} answer again?`}
          confirm={`Make revision ${target} answer`}
          onConfirm={async () => {
            await client.functions.rollback(deployment.user, deployment.path, target);
            toast(`Revision ${target} answers now.`);
            updateQuery({ from: undefined, to: undefined }, { replace: true });
            onChanged();
          }}
          onClose={() => setTarget(undefined)}
        >
          Calls are answered by revision {target} instead of {current} at once. Revision {current} is kept, so
          you can come back to it.
        </ConfirmDialog>
      )}
    </div>
  );
}

interface Pair {
  readonly from: number;
  readonly to: number;
}

/** What the address asks to compare; the one that answers and the one before it, unless it says otherwise. */
function chosenPair({ revisions, revision: current }: DeploymentDetail): Pair | undefined {
  const known = new Set(revisions.map(({ revision }) => revision));
  const read = (name: string) => {
    const number = Number(queryValue(name));
    return known.has(number) ? number : undefined;
  };
  const to = read("to") ?? current;
  const others = revisions.map(({ revision }) => revision).filter((revision) => revision !== to);
  const from = read("from") ?? others.find((revision) => revision < to) ?? others[0];
  return from === undefined ? undefined : { from, to };
}

interface RevisionListProps {
  readonly deployment: DeploymentDetail;
  readonly compared: Pair | undefined;
  /** Called with the one that is to answer. */
  readonly onPick: (revision: number) => void;
}

function RevisionList({ deployment, compared, onPick }: RevisionListProps) {
  const { revisions, revision: current } = deployment;
  const [shown, setShown] = useState(shownStep);
  return (
    <Card title="Revisions" flush>
      <Table
        caption="Revisions"
        columns={columnsFor(current, compared, onPick)}
        rows={revisions.slice(0, shown)}
        rowKey={({ revision }) => `${revision}`}
      />
      {revisions.length > shown && (
        <div class="function__note">
          <Button size="small" onClick={() => setShown(shown + shownStep)}>
            Show older ones
          </Button>
        </div>
      )}
    </Card>
  );
}

function columnsFor(
  current: number,
  compared: Pair | undefined,
  onPick: (revision: number) => void,
): readonly Column<RevisionView>[] {
  return [
    {
      key: "revision",
      title: "Revision",
      width: "shrink",
      cell: ({ revision }) => (
        <span class="revision">
          <strong class="numbers">{revision}</strong>
          {revision === current && (
            <Badge tone="good" dot="full">
              Answers now
            </Badge>
          )}
        </span>
      ),
    },
    {
      key: "runtime",
      title: "Runtime",
      width: "shrink",
      cell: ({ runtime }) => <LanguageTag language={runtime} />,
    },
    {
      key: "digest",
      title: "Digest of its code",
      width: "fill",
      cell: ({ digest }) => (
        <span class="mono muted" title={digest}>
          {digest.slice(0, 16)}
        </span>
      ),
    },
    {
      key: "deployed",
      title: "Deployed",
      width: "shrink",
      cell: ({ created_at }) => <RelativeTime at={created_at} />,
    },
    {
      key: "actions",
      title: "",
      width: "shrink",
      bare: true,
      cell: ({ revision }) =>
        revision === current ? (
          ""
        ) : (
          <span class="revision">
            <Button
              size="small"
              kind="quiet"
              pressed={compared?.from === revision && compared.to === current}
              onClick={() => updateQuery({ from: revision, to: undefined }, { replace: true })}
            >
              Compare
            </Button>
            <Button size="small" icon="rollback" onClick={() => onPick(revision)}>
              {revision < current ? "Roll back" : "Bring back"}
            </Button>
          </span>
        ),
    },
  ];
}

function Comparison({ deployment, from, to }: Pair & { readonly deployment: DeploymentDetail }) {
  const look: DiffLook = queryValue("look") === "split" ? "split" : "unified";
  const codes = useResource(`codes ${deployment.user}/${deployment.path} ${from} ${to}`, async (signal) => {
    const [before, after] = await Promise.all([
      codeOfRevision(deployment, from, signal),
      codeOfRevision(deployment, to, signal),
    ]);
    return { before, after };
  });
  const options = deployment.revisions.map(({ revision }) => ({
    value: `${revision}`,
    label: `Revision ${revision}${revision === deployment.revision ? ", answers now" : ""}`,
  }));
  return (
    <Card
      title="What changed"
      flush
      actions={
        <Segments
          label="Look"
          segments={[
            { key: "unified", label: "One column" },
            { key: "split", label: "Side by side" },
          ]}
          selected={look}
          onSelect={(key) => updateQuery({ look: key === "unified" ? undefined : key }, { replace: true })}
        />
      }
    >
      <div class="list-bar list-bar--wide">
        <Select
          label="From"
          value={`${from}`}
          options={options}
          onChange={(value) => updateQuery({ from: value, to }, { replace: true })}
        />
        <Select
          label="To"
          value={`${to}`}
          options={options}
          onChange={(value) => updateQuery({ from, to: value }, { replace: true })}
        />
      </div>
      {codes.error !== undefined ? (
        <div class="function__note">
          <ErrorNote error={codes.error} onRetry={codes.reload} />
        </div>
      ) : codes.data ? (
        <LazyDiff
          label={`Revision ${from} compared with ${to}`}
          before={codes.data.before}
          after={codes.data.after}
          look={look}
        />
      ) : (
        <div class="function__note">
          <Skeleton height="12rem" />
        </div>
      )}
    </Card>
  );
}
