import { formatCount, formatMs } from "../../../src/stdx/format.ts";
import { languageNames } from "../../shared/badge.tsx";
import { useNow } from "../../shared/relative-time.tsx";
import type { SlotView } from "../engine/messages.ts";
import type { Session } from "../session.ts";

const idle: SlotView = { work: undefined, perSecond: 0, resting: false };

/** What each core that is lent does right now, and for whom. */
export function SlotTiles({ session }: { readonly session: Session }) {
  const { slots } = session.snapshot.value;
  const shown = slots.length > 0 ? slots : Array.from({ length: session.settings.value.cores }, () => idle);
  const live = session.status.value.live;
  return (
    <div class="slots">
      <h2 class="slots__title">Right now</h2>
      <ul class="slots__list">
        {shown.map((slot, index) => (
          <li key={index} class={tileClass(slot, live)}>
            <span class="slot__name">Core {index + 1}</span>
            <SlotWords slot={slot} live={live} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function SlotWords({ slot, live }: { readonly slot: SlotView; readonly live: boolean }) {
  const { work, perSecond, resting } = slot;
  if (!work) {
    return (
      <span class="slot__what muted">
        {live ? (resting ? "Resting, to keep to its share" : "Waiting for work") : "Not in use"}
      </span>
    );
  }
  const many = perSecond > 2;
  const noun = work.kind === "job" ? (many ? "jobs" : "job") : many ? "calls" : "call";
  return (
    <>
      <span class="slot__what">
        {languageNames[work.language]} {noun} for <b class="slot__namespace">{work.namespace}</b>
      </span>
      <span class="slot__time numbers">
        {many ? `${formatCount(perSecond)} a second` : work.running ? <Running since={work.since} /> : "Done"}
      </span>
    </>
  );
}

function Running({ since }: { readonly since: number }) {
  const ms = Math.max(0, useNow() - since);
  return <>{ms < 1000 ? "Just begun" : formatMs(Math.floor(ms / 1000) * 1000)}</>;
}

function tileClass({ work, resting }: SlotView, live: boolean): string {
  const names = ["slot"];
  if (work) names.push("slot--busy", `language language--${work.language}`);
  else if (live) names.push(resting ? "slot--resting" : "slot--ready");
  return names.join(" ");
}
