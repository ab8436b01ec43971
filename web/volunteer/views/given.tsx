import { type Language, languages } from "../../../src/protocol/languages.ts";
import { formatCount, formatInstant, formatMs, formatPercent, plural } from "../../../src/stdx/format.ts";
import { languageColours, languageNames } from "../../shared/badge.tsx";
import { Card, Stat, Stats } from "../../shared/card.tsx";
import type { Session } from "../session.ts";
import { dayOf, sumOf, type Totals } from "../totals.ts";

/** What this browser has done so far, in figures. */
export function GivenStats({ session }: { readonly session: Session }) {
  const totals = session.totals.value;
  const sum = totals && sumOf(totals.amounts);
  const today = totals?.days.find(({ at }) => at === dayOf(Date.now()));
  const todaySum = sumOf(today?.amounts ?? {});
  return (
    <Stats>
      <Stat
        label="Jobs and calls done"
        value={sum && formatCount(sum.pieces)}
        note={totals && (totals.failed > 0 ? `${formatCount(totals.failed)} ended with an error` : "\u00a0")}
      />
      <Stat
        label="Computing time given"
        value={sum && formatMs(Math.round(sum.ms))}
        note={sinceWords(totals)}
      />
      <Stat
        label="Today"
        value={totals && formatCount(todaySum.pieces)}
        note={totals && formatMs(Math.round(todaySum.ms))}
      />
      <Stat
        label="Since this page was opened"
        value={formatCount(session.snapshot.value.piecesHere)}
        note="On this tab"
      />
    </Stats>
  );
}

function sinceWords(totals: Totals | undefined): string | undefined {
  if (!totals) return undefined;
  return totals.since === undefined
    ? "Nothing yet"
    : `Since ${formatInstant(totals.since).replace(/,.*$/, "")}`;
}

/** How the time was divided between the languages. */
export function ByLanguage({ session }: { readonly session: Session }) {
  const amounts = session.totals.value?.amounts ?? {};
  const { ms: allMs } = sumOf(amounts);
  const rows = languages
    .map((language) => ({ language, ...(amounts[language] ?? { pieces: 0, ms: 0 }) }))
    .sort((a, b) => b.ms - a.ms || b.pieces - a.pieces);
  return (
    <Card title="By language">
      <ul class="shares">
        {rows.map(({ language, pieces, ms }) => (
          <li key={language}>
            <LanguageShare language={language} pieces={pieces} ms={ms} part={allMs > 0 ? ms / allMs : 0} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface LanguageShareProps {
  readonly language: Language;
  readonly pieces: number;
  readonly ms: number;
  /** Of the whole time, from 0 to 1. */
  readonly part: number;
}

function LanguageShare({ language, pieces, ms, part }: LanguageShareProps) {
  return (
    <>
      <span class="shares__head">
        <span class={`language language--${language}`}>{languageNames[language]}</span>
        <span class="muted small numbers">{pieces === 0 ? "None yet" : formatPercent(part)}</span>
      </span>
      <svg class="shares__bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect class="shares__track" width="100" height="4" />
        <rect width={part * 100} height="4" fill={`var(${languageColours[language]})`} />
      </svg>
      <span class="muted small numbers" hidden={pieces === 0}>
        {plural(pieces, "job or call", "jobs and calls")}, {formatMs(Math.round(ms))}
      </span>
    </>
  );
}
