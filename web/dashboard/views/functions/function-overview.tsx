import { useMemo } from "preact/hooks";
import type { CallSummary } from "../../../../src/protocol/call-stats.ts";
import type { DeploymentDetail } from "../../../../src/protocol/functions.ts";
import { formatCount, formatMs, formatPercent } from "../../../../src/stdx/format.ts";
import { Badge, languageNames } from "../../../shared/badge.tsx";
import { LinkButton } from "../../../shared/button.tsx";
import { Card, KeyValues, Stat, Stats } from "../../../shared/card.tsx";
import { TimeChart } from "../../../shared/chart/time-chart.tsx";
import { CodeBlock, CopyButton } from "../../../shared/code-block.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { Segments } from "../../../shared/tabs.tsx";
import { authWords, placementWords } from "../../components/function-words.ts";
import { queryValue, updateQuery } from "../../router/router.ts";
import { useCallStats } from "./call-history.ts";
import { seriesOf } from "./call-series.ts";

const spans = [
  { key: "hour", label: "Hour" },
  { key: "day", label: "Day" },
] as const;

export function FunctionOverview({ deployment }: { readonly deployment: DeploymentDetail }) {
  const { user, path } = deployment;
  const stats = useCallStats(user, path);
  const span = spans.find(({ key }) => key === queryValue("span"))?.key ?? "hour";
  const columns = stats.data && (span === "day" ? stats.data.hours : stats.data.minutes);
  const series = useMemo(() => columns && seriesOf(columns), [columns]);
  const calls = span === "day" ? stats.data?.last_day.calls : stats.data?.last_hour.calls;
  const nothing = calls === 0 ? `No calls in the last ${span}` : "";
  return (
    <div class="stack">
      <Figures summary={stats.data?.last_hour} />
      {stats.error !== undefined && <ErrorNote error={stats.error} onRetry={stats.reload} />}
      <div class="columns">
        <Card
          title="Calls"
          actions={
            <Segments
              label="Time that the charts show"
              segments={spans}
              selected={span}
              onSelect={(key) => updateQuery({ span: key === "hour" ? undefined : key }, { replace: true })}
            />
          }
        >
          <TimeChart
            title={span === "day" ? "Calls in each hour" : "Calls in each minute"}
            times={series?.times ?? []}
            series={[
              { label: "Answered", colour: "--series-1", values: series?.answered ?? [] },
              { label: "Errors", colour: "--bad-mark", values: series?.errors ?? [] },
            ]}
            format={formatCount}
            stack
            nothing={nothing}
          />
        </Card>
        <Card title="Time to answer">
          <TimeChart
            title="Milliseconds from request to answer"
            times={series?.times ?? []}
            series={[
              { label: "Half within", colour: "--series-3", values: series?.p50 ?? [] },
              { label: "95% within", colour: "--series-2", values: series?.p95 ?? [] },
            ]}
            format={formatMs}
            nothing={nothing}
          />
        </Card>
      </div>
      <div class="columns">
        <Card title="As deployed">
          <KeyValues entries={factsOf(deployment)} />
        </Card>
        <Card title="Environment">
          <Variables names={deployment.env_names} />
        </Card>
      </div>
      <Card title={`Code of revision ${deployment.revision}`} flush>
        <Code deployment={deployment} />
      </Card>
    </div>
  );
}

function Code({ deployment: { code, revision, wasm_cid } }: { readonly deployment: DeploymentDetail }) {
  if (code !== null) return <CodeBlock label={`Code of revision ${revision}`} text={code} />;
  return (
    <div class="function__note">
      <Note action={<WasmLink cid={wasm_cid ?? ""} />}>This revision is a WebAssembly module.</Note>
    </div>
  );
}

/** Values are nobody's to see again. */
function Variables({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) {
    return (
      <p class="muted small">
        No variables. They are set with a deployment, and functions find them in their environment.
      </p>
    );
  }
  return (
    <div class="stack-tight">
      <ul class="env" aria-label="Names of variables">
        {names.map((name) => (
          <li key={name}>
            <code>{name}</code>
            <span class="muted" aria-hidden="true">
              ••••••
            </span>
          </li>
        ))}
      </ul>
      <p class="muted small">Values are never shown again. A new deployment sets all of them anew.</p>
    </div>
  );
}

function WasmLink({ cid }: { readonly cid: string }) {
  return (
    <LinkButton size="small" icon="download" href={`/ipfs/${cid}`}>
      Download
    </LinkButton>
  );
}

function Figures({ summary }: { readonly summary: CallSummary | undefined }) {
  const share = summary && summary.calls > 0 ? summary.errors / summary.calls : 0;
  const latency = summary?.latency;
  return (
    <Stats>
      <Stat
        label="Calls"
        value={summary && formatCount(summary.calls)}
        note={summary?.last_called_at ? <LastCall at={summary.last_called_at} /> : "in the last hour"}
      />
      <Stat
        label="Errors"
        value={summary && formatCount(summary.errors)}
        note={summary && `${formatPercent(share)} of the calls`}
      />
      <Stat
        label="Half answered within"
        value={latency ? formatMs(latency.p50_ms) : undefined}
        note="in the last hour"
      />
      <Stat
        label="95% answered within"
        value={latency ? formatMs(latency.p95_ms) : undefined}
        note="in the last hour"
      />
    </Stats>
  );
}

function LastCall({ at }: { readonly at: string }) {
  return (
    <>
      in the last hour, the last <RelativeTime at={at} />
    </>
  );
}

function factsOf(deployment: DeploymentDetail) {
  const { url, runtime, revision, placement, auth, timeout_seconds, memory_mb, created_at } = deployment;
  return [
    [
      "Address",
      <span class="row">
        <a class="mono" href={url} target="_blank" rel="noopener">
          {url}
        </a>
        <CopyButton text={url} label="Copy" />
      </span>,
    ],
    ["Runtime", languageNames[runtime]],
    ["Revision", <Badge tone="good">{revision}</Badge>],
    ["Runs on", placementWords[placement]],
    ["Answers", authWords[auth]],
    ["Time limit", `${timeout_seconds} s`],
    ["Memory", `${memory_mb} MiB`],
    ["Deployed", <RelativeTime at={created_at} />],
  ] as const;
}
