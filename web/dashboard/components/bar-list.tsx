import type { ComponentChildren } from "preact";
import { formatCount } from "../../../src/stdx/format.ts";
import "./bar-list.css";

export interface Bar {
  readonly key: string;
  readonly label: ComponentChildren;
  readonly value: number;
  /** Name of a custom property. */
  readonly colour: string;
}

/** Amounts beside each other: the longest bar is the largest amount. */
export function BarList({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) {
  const top = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <ul class="bar-list" aria-label={label}>
      {bars.map(({ key, label: name, value, colour }) => (
        <li key={key} class="bar-list__row">
          <span class="truncate">{name}</span>
          <span class="bar-list__value">{formatCount(value)}</span>
          <span class="bar-list__track" aria-hidden="true">
            <span
              class="bar-list__bar"
              style={{ display: "block", width: `${(value / top) * 100}%`, background: `var(${colour})` }}
            />
          </span>
        </li>
      ))}
    </ul>
  );
}
