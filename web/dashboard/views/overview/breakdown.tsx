import type { ComponentChildren } from "preact";
import { languages } from "../../../../src/protocol/languages.ts";
import type { OverviewTick } from "../../../../src/protocol/overview.ts";
import { languageColours, languageNames } from "../../../shared/badge.tsx";
import { Card } from "../../../shared/card.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { type Bar, BarList } from "../../components/bar-list.tsx";
import { hrefOf } from "../../router/router.ts";
import { kindNames, kindsIn } from "./figures.tsx";

/** Namespaces that are named; the others come together. */
const namespacesShown = 5;

/** What the queue and the volunteers are made of, now. */
export function Breakdown({ now }: { readonly now: OverviewTick | undefined }) {
  return (
    <div class="charts charts--three">
      <Part title="Waiting by language" now={now} empty="Nothing waits." bars={byLanguage} />
      <Part title="Waiting by namespace" now={now} empty="Nothing waits." bars={byNamespace} />
      <Part
        title="Volunteers by kind"
        now={now}
        empty={
          <>
            Nobody is connected. <a href="/volunteer/">Volunteer with this browser</a>, or start a worker.
          </>
        }
        bars={byKind}
      />
    </div>
  );
}

interface PartProps {
  readonly title: string;
  readonly now: OverviewTick | undefined;
  readonly empty: ComponentChildren;
  readonly bars: (now: OverviewTick) => readonly Bar[];
}

function Part({ title, now, empty, bars }: PartProps) {
  const shown = now && bars(now);
  return (
    <Card title={title}>
      <div class="overview__list">
        {shown === undefined ? (
          <Skeleton width="60%" />
        ) : shown.length === 0 ? (
          <p class="small muted">{empty}</p>
        ) : (
          <BarList label={title} bars={shown} />
        )}
      </div>
    </Card>
  );
}

function byLanguage({ queue }: OverviewTick): Bar[] {
  if (queue.waiting === 0) return [];
  return languages.map((language) => ({
    key: language,
    label: languageNames[language],
    value: queue.by_language[language],
    colour: languageColours[language],
  }));
}

function byNamespace({ queue }: OverviewTick): Bar[] {
  const named = queue.by_namespace.slice(0, namespacesShown);
  const bars = named.map(({ namespace, waiting }) => ({
    key: namespace,
    label: <a href={hrefOf(["jobs"], { namespace, status: "pending" })}>{namespace}</a>,
    value: waiting,
    colour: "--accent-text",
  }));
  const others = queue.waiting - named.reduce((sum, { waiting }) => sum + waiting, 0);
  const rest = { key: "", label: <span class="muted">All others</span>, value: others, colour: "--series-6" };
  return others > 0 ? [...bars, rest] : bars;
}

function byKind({ volunteers }: OverviewTick): Bar[] {
  return kindsIn(volunteers.by_kind).map(([kind, count]) => ({
    key: kind,
    label: kindNames[kind],
    value: count,
    colour: "--series-3",
  }));
}
