import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";
import "./tabs.css";

export interface Tab<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly count?: number;
}

export interface TabsProps<Key extends string> {
  /** What the tabs are about, for screen readers. */
  readonly label: string;
  readonly tabs: readonly Tab<Key>[];
  readonly selected: Key;
  readonly onSelect: (key: Key) => void;
  /** The selected tab's panel. */
  readonly children: ComponentChildren;
}

/** Tabs and the panel of the selected one, as WAI-ARIA's pattern has it: arrows move, tab goes on into the panel. */
export function Tabs<Key extends string>(props: TabsProps<Key>) {
  const { label, tabs, selected, onSelect, children } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.key === selected);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const next = target === undefined ? undefined : tabs[(target + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onSelect(next.key);
    list.current?.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${next.key}`)}`)?.focus();
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(({ key, label: name, count }) => (
          <button
            key={key}
            id={`${id}-${key}`}
            type="button"
            role="tab"
            class="tabs__tab"
            aria-selected={key === selected}
            aria-controls={key === selected ? `${id}-panel` : undefined}
            tabIndex={key === selected ? 0 : -1}
            onClick={() => onSelect(key)}
          >
            {name}
            {count !== undefined && <span class="tabs__count">{count}</span>}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${selected}`}>
        {children}
      </div>
    </>
  );
}

export interface Segment<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly icon?: IconName;
}

export interface SegmentsProps<Key extends string> {
  readonly label: string;
  readonly segments: readonly Segment<Key>[];
  readonly selected: Key;
  readonly onSelect: (key: Key) => void;
  /** Shows the pictures alone; the words are there for screen readers and as tips. */
  readonly iconsOnly?: boolean;
}

/** One choice of a few, all in sight: radio buttons that look like a switch of many positions. */
export function Segments<Key extends string>(props: SegmentsProps<Key>) {
  const { label, segments, selected, onSelect, iconsOnly = false } = props;
  const name = useId();
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {segments.map(({ key, label: text, icon }) => (
        <label key={key} title={iconsOnly ? text : undefined}>
          <input type="radio" name={name} checked={key === selected} onChange={() => onSelect(key)} />
          <span>
            {icon && <Icon name={icon} />}
            {iconsOnly ? <b class="visually-hidden">{text}</b> : text}
          </span>
        </label>
      ))}
    </div>
  );
}
