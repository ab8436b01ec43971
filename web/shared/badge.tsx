import type { ComponentChildren } from "preact";
import type { JobStatus } from "../../src/protocol/job.ts";
import type { Language } from "../../src/protocol/languages.ts";
import "./badge.css";

export type Tone = "neutral" | "good" | "warn" | "bad" | "info" | "accent";

export interface BadgeProps {
  readonly tone?: Tone;
  readonly dot?: "full" | "hollow" | "live";
  readonly title?: string;
  readonly children: ComponentChildren;
}

export function Badge({ tone = "neutral", dot, title, children }: BadgeProps) {
  return (
    <span class={`badge badge--${tone}`} title={title}>
      {dot && <span class={`badge__dot badge__dot--${dot}`} aria-hidden="true" />}
      {children}
    </span>
  );
}

export const statusWords = {
  pending: "Pending",
  running: "Running",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
} as const satisfies Record<JobStatus, string>;

/** In the order in which a job goes through them. */
export const statuses: readonly JobStatus[] = ["pending", "running", "completed", "failed", "cancelled"];

const looks = {
  pending: { tone: "neutral", dot: "hollow" },
  running: { tone: "info", dot: "live" },
  completed: { tone: "good", dot: "full" },
  failed: { tone: "bad", dot: "full" },
  cancelled: { tone: "warn", dot: "hollow" },
} as const satisfies Record<JobStatus, { tone: Tone; dot: BadgeProps["dot"] }>;

/** Where a job stands: told by word, colour and shape. */
export function StatusPill({ status }: { readonly status: JobStatus }) {
  const { tone, dot } = looks[status];
  return (
    <Badge tone={tone} dot={dot}>
      {statusWords[status]}
    </Badge>
  );
}

export const languageNames = {
  python: "Python",
  js: "JavaScript",
  lua: "Lua",
  wasm: "WebAssembly",
} as const satisfies Record<Language, string>;

/** The custom property with a language's colour in charts. */
export const languageColours = {
  python: "--series-1",
  js: "--series-2",
  lua: "--series-3",
  wasm: "--series-4",
} as const satisfies Record<Language, string>;

export function LanguageTag({ language }: { readonly language: Language }) {
  return <span class={`language language--${language}`}>{languageNames[language]}</span>;
}
