import type { VolunteerKind } from "../../../../src/protocol/volunteer-kinds.ts";
import { formatCount, plural } from "../../../../src/stdx/format.ts";
import { Button, LinkButton } from "../../../shared/button.tsx";
import { Card, Stat, Stats } from "../../../shared/card.tsx";
import { Dialog } from "../../../shared/dialog.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { Segments } from "../../../shared/tabs.tsx";
import { hrefOf, queryValue, updateQuery } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { AddVolunteer } from "./add-volunteer.tsx";
import { kindNames, totalsOf } from "./kinds.ts";
import { useVolunteers } from "./use-volunteers.ts";
import { VolunteerCard } from "./volunteer-card.tsx";
import "./volunteers.css";

const cardsStep = 60;

/** Who is connected: `volunteers?kind=&shown=&add=`. */
export function Volunteers() {
  const { data, error, reload } = useVolunteers();
  const kind = readKind(queryValue("kind"));
  const shownMax = Number(queryValue("shown")) || cardsStep;
  const adding = queryValue("add") !== undefined;
  const totals = data && totalsOf(data);
  const chosen = data?.filter((volunteer) => kind === "all" || volunteer.kind === kind);
  const nobody = data?.length === 0;
  return (
    <Page
      title="Volunteers"
      lead="Who lends this orchestrator a machine, and what they do now."
      actions={
        !nobody && (
          <LinkButton
            kind="primary"
            icon="plus"
            href={hrefOf(["volunteers"], { kind: queryValue("kind"), add: 1 })}
          >
            Add a volunteer
          </LinkButton>
        )
      }
    >
      <Stats>
        <Stat
          label="Volunteers"
          value={totals && formatCount(totals.volunteers)}
          note={totals && kindsNote(totals.byKind)}
        />
        <Stat
          label="Slots busy"
          value={totals && formatCount(totals.busy)}
          note={totals && `of ${formatCount(totals.slots)}`}
        />
        <Stat
          label="Jobs done"
          value={totals && formatCount(totals.completed)}
          note={totals && failedNote(totals.failed)}
        />
        <Stat
          label="Calls answered"
          value={totals && formatCount(totals.calls)}
          note={totals && failedNote(totals.callsFailed)}
        />
      </Stats>
      {error !== undefined && <ErrorNote error={error} onRetry={reload} />}
      {nobody ? (
        <Card>
          <EmptyState icon="users" title="Nobody volunteers yet">
            Jobs wait and functions answer with 503 until somebody does. Any of these will do.
          </EmptyState>
          <AddVolunteer />
        </Card>
      ) : (
        <>
          <Kinds kind={kind} />
          <div class="volunteers" aria-busy={data === undefined}>
            {chosen === undefined
              ? Array.from({ length: 3 }, (_, at) => <Skeleton key={at} height="15rem" />)
              : chosen
                  .slice(0, shownMax)
                  .map((volunteer) => <VolunteerCard key={volunteer.id} volunteer={volunteer} />)}
          </div>
          {chosen?.length === 0 && kind !== "all" && (
            <Card>
              <EmptyState icon="users" title="Nobody of this kind">
                {kindNames[kind]}: none is connected now.
              </EmptyState>
            </Card>
          )}
          {chosen && chosen.length > shownMax && (
            <span>
              <Button onClick={() => updateQuery({ shown: shownMax + cardsStep }, { replace: true })}>
                Show {plural(Math.min(cardsStep, chosen.length - shownMax), "more", "more")}
              </Button>
            </span>
          )}
        </>
      )}
      {adding && (
        <Dialog title="Add a volunteer" wide onClose={() => updateQuery({ add: undefined })}>
          <AddVolunteer />
        </Dialog>
      )}
    </Page>
  );
}

const choices = [
  { key: "all", label: "All" },
  { key: "native", label: "Native" },
  { key: "browser", label: "Tabs" },
  { key: "internal", label: "Internal" },
  { key: "other", label: "Other" },
] as const;

function Kinds({ kind }: { readonly kind: VolunteerKind | "all" }) {
  return (
    <div class="kinds">
      <Segments
        label="Kind"
        segments={choices}
        selected={kind}
        onSelect={(key) => updateQuery({ kind: key === "all" ? undefined : key }, { replace: true })}
      />
    </div>
  );
}

function readKind(text: string | undefined): VolunteerKind | "all" {
  return choices.find(({ key }) => key === text)?.key ?? "all";
}

function kindsNote(byKind: Readonly<Record<VolunteerKind, number>>): string {
  const words = { native: "native", browser: "in tabs", internal: "internal", other: "other" } as const;
  return (["native", "browser", "internal", "other"] as const)
    .filter((kind) => byKind[kind] > 0)
    .map((kind) => `${formatCount(byKind[kind])} ${words[kind]}`)
    .join(", ");
}

function failedNote(failed: number): string {
  return failed === 0 ? "by those who are here now" : `and ${formatCount(failed)} failed`;
}
