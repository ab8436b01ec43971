import type { VolunteerView } from "../../../../src/protocol/volunteer-view.ts";
import {
  formatBytes,
  formatCount,
  formatMs,
  formatPercent,
  plural,
  shortId,
} from "../../../../src/stdx/format.ts";
import { Badge, LanguageTag } from "../../../shared/badge.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { hrefOf } from "../../router/router.ts";
import { isolationWords, kindNames, languagesOf } from "./kinds.ts";
import "./volunteers.css";

/** More than this many are counted, not listed. */
const doingMax = 6;
const quietMs = 60_000;

export interface VolunteerCardProps {
  readonly volunteer: VolunteerView;
}

export function VolunteerCard({ volunteer }: VolunteerCardProps) {
  const { agent, isolation, slots, busy_slots: busy, draining, capabilities, share } = volunteer;
  const { kind } = volunteer;
  const failures = volunteer.jobs_failed + volunteer.calls_failed;
  const worked = Object.values(volunteer.busy_ms).reduce((sum, ms) => sum + ms, 0);
  const seal = isolationWords[isolation];
  return (
    <article class="card volunteer" aria-label={`${agent} ${shortId(volunteer.id)}`}>
      <header class="volunteer__head">
        <div class="volunteer__names">
          <h3 class="truncate" title={agent}>
            {agent === "" ? kindNames[kind] : agent}
          </h3>
          <span class="small muted truncate mono" title={volunteer.id}>
            {shortId(volunteer.id)}
          </span>
        </div>
        <span class="row">
          {draining && (
            <Badge tone="warn" title="It takes no new work, and leaves when its own is done.">
              Leaving
            </Badge>
          )}
          <State volunteer={volunteer} />
        </span>
      </header>
      <div class="volunteer__body">
        <Slots slots={slots} busy={busy} resting={volunteer.resting_slots} />
        <Now volunteer={volunteer} />
        <dl class="volunteer__facts">
          <div>
            <dt>Kind</dt>
            <dd>{kindNames[kind]}</dd>
          </div>
          <div>
            <dt>Isolation</dt>
            <dd title={seal.detail}>{seal.name}</dd>
          </div>
          <div>
            <dt>Trust</dt>
            <dd>{volunteer.trusted ? "Trusted" : "Anonymous"}</dd>
          </div>
          <div>
            <dt>Memory</dt>
            <dd>up to {formatBytes(capabilities.max_memory_mb * 1024 * 1024)} each</dd>
          </div>
          <div>
            <dt>Share</dt>
            <dd>{share === 1 ? "all of the time" : `${formatPercent(share)} of the time`}</dd>
          </div>
          <div>
            <dt>Serves</dt>
            <dd>{volunteer.namespaces === null ? "all namespaces" : volunteer.namespaces.join(", ")}</dd>
          </div>
          <div>
            <dt>Done</dt>
            <dd class="numbers">
              {plural(volunteer.jobs_completed, "job")}, {plural(volunteer.calls_completed, "call")}
              {failures > 0 && `, ${formatCount(failures)} failed`}
            </dd>
          </div>
          <div>
            <dt>Worked</dt>
            <dd class="numbers">{formatMs(worked)}</dd>
          </div>
          <div>
            <dt>Came</dt>
            <dd>
              <RelativeTime at={volunteer.connected_at} />
              <Quiet lastSeenAt={volunteer.last_seen_at} />
            </dd>
          </div>
        </dl>
        <ul class="volunteer__languages small" aria-label="Languages">
          {languagesOf(volunteer).map((language) => (
            <li key={language}>
              <LanguageTag language={language} />
            </li>
          ))}
        </ul>
      </div>
    </article>
  );
}

function State({ volunteer: { slots, busy_slots, resting_slots } }: VolunteerCardProps) {
  if (busy_slots > 0) {
    return (
      <Badge tone="info" dot="live">
        At work
      </Badge>
    );
  }
  if (resting_slots === slots) {
    return (
      <Badge dot="hollow" title="It paused, or keeps to its share of the time.">
        Resting
      </Badge>
    );
  }
  return (
    <Badge tone="good" dot="full">
      Free
    </Badge>
  );
}

function Quiet({ lastSeenAt }: { readonly lastSeenAt: string }) {
  if (Date.now() - Date.parse(lastSeenAt) < quietMs) return null;
  return (
    <span class="muted">
      , heard from <RelativeTime at={lastSeenAt} />
    </span>
  );
}

interface SlotsProps {
  readonly slots: number;
  readonly busy: number;
  readonly resting: number;
}

/** One box for each slot, filled where it works. */
function Slots({ slots, busy, resting }: SlotsProps) {
  const rest = resting > 0 ? `, ${formatCount(resting)} resting` : "";
  const label = `${busy} of ${plural(slots, "slot")} busy${rest}`;
  return (
    <div class="slots">
      {slots <= 32 && (
        <span class="slots__boxes" aria-hidden="true">
          {Array.from({ length: slots }, (_, at) => (
            <span key={at} class={at < busy ? "slots__box slots__box--busy" : "slots__box"} />
          ))}
        </span>
      )}
      <span class="small muted numbers">{label}</span>
    </div>
  );
}

/** What it does at this moment. */
function Now({ volunteer: { doing } }: VolunteerCardProps) {
  if (doing.length === 0) return <p class="small muted">Waits for work.</p>;
  const shown = doing.slice(0, doingMax);
  return (
    <ul class="volunteer__doing small" aria-label="What it does now">
      {shown.map((what, at) => (
        <li key={what.type === "job" ? what.job_id : `${at} ${what.namespace}/${what.path}`}>
          {what.type === "job" ? (
            <>
              <LanguageTag language={what.job_type} />
              <a href={hrefOf(["jobs", what.job_id])} title={what.job_id}>
                job <span class="mono">{shortId(what.job_id)}</span>
              </a>
              <span class="muted truncate">{what.namespace}</span>
            </>
          ) : (
            <>
              <Icon name="function" />
              <a class="truncate" href={hrefOf(["functions", what.namespace, ...what.path.split("/")])}>
                /{what.namespace}/{what.path}
              </a>
            </>
          )}
        </li>
      ))}
      {doing.length > shown.length && <li class="muted">and {doing.length - shown.length} more</li>}
    </ul>
  );
}
