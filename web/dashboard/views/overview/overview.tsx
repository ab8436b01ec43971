import { useEffect, useState } from "preact/hooks";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { jobChanges, liveRefusal, overviewNow } from "../../data/live.ts";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { useSteady } from "../../data/steady.ts";
import { Page } from "../../shell/page.tsx";
import { Breakdown } from "./breakdown.tsx";
import { Charts } from "./charts.tsx";
import { Figures } from "./figures.tsx";
import "./overview.css";
import { Start } from "./start.tsx";

/** How the whole is doing: figures first, then how they came about. */
export function Overview() {
  const now = overviewNow.value;
  const changes = useSteady(jobChanges.value, 5000);
  const stats = useResource(`stats ${changes}`, (signal) => client.stats({ signal }));
  const jobs = stats.data && Object.values(stats.data.jobs).reduce((sum, count) => sum + count, 0);
  // Decided once for each visit: what stands at the top neither comes nor goes while one reads.
  const [leads, setLeads] = useState<boolean>();
  const known = now !== undefined && jobs !== undefined;
  useEffect(() => {
    if (known) setLeads((decided) => decided ?? (now.volunteers.total === 0 || jobs === 0));
  }, [known, now, jobs]);
  return (
    <Page title="Overview" lead="What this orchestrator and its volunteers do, as they do it.">
      {stats.error !== undefined && <ErrorNote error={stats.error} onRetry={stats.reload} />}
      {liveRefusal.value !== undefined && <ErrorNote error={liveRefusal.value} />}
      {leads === undefined ? (
        <Placeholders />
      ) : (
        <>
          {leads && <Start volunteers={now?.volunteers.total ?? 0} jobs={jobs ?? 0} />}
          <Figures now={now} stats={stats.data} />
          <Charts />
          <Breakdown now={now} />
        </>
      )}
    </Page>
  );
}

function Placeholders() {
  return (
    <>
      <Skeleton height="5.75rem" />
      <div class="charts">
        {["one", "two", "three", "four"].map((key) => (
          <Skeleton key={key} height="15.5rem" />
        ))}
      </div>
    </>
  );
}
