import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./card.css";

export interface CardProps {
  readonly title?: string;
  readonly actions?: ComponentChildren;
  /** Lets the content reach the edges, as tables and code do. */
  readonly flush?: boolean;
  readonly class?: string;
  readonly children: ComponentChildren;
}

export function Card({ title, actions, flush = false, class: more = "", children }: CardProps) {
  const id = useId();
  return (
    <section class={`card ${more}`} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <header class="card__head">
          <h2 id={id}>{title}</h2>
          {actions !== undefined && <div class="card__actions">{actions}</div>}
        </header>
      )}
      <div class={flush ? "card__body card__body--flush" : "card__body"}>{children}</div>
    </section>
  );
}

/** A row of figures, told before any chart. */
export function Stats({ children }: { readonly children: ComponentChildren }) {
  return <dl class="stats">{children}</dl>;
}

export interface StatProps {
  readonly label: string;
  /** Undefined until it is known. */
  readonly value: string | undefined;
  readonly unit?: string | undefined;
  readonly note?: ComponentChildren;
}

export function Stat({ label, value, unit, note }: StatProps) {
  return (
    <div class="stat">
      <dt class="stat__label">{label}</dt>
      <dd class="stat__value">
        {value ?? "–"}
        {unit !== undefined && value !== undefined && <span class="stat__unit">{unit}</span>}
      </dd>
      <dd class="stat__note">{note}</dd>
    </div>
  );
}

export type KeyValue = readonly [key: string, value: ComponentChildren];

/** Facts with their names; entries whose value is undefined or null are left out. */
export function KeyValues({ entries }: { readonly entries: readonly KeyValue[] }) {
  return (
    <dl class="key-values">
      {entries.map(([key, value]) =>
        value === undefined || value === null ? undefined : (
          <>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </>
        ),
      )}
    </dl>
  );
}
