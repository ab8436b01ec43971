import { useRef } from "preact/hooks";
import type { Group } from "../description.ts";
import { hrefOf, place } from "../place.ts";
import { MethodTag, Path } from "./method-tag.tsx";

/** Every operation, by tag. The arrows go from one to the next. */
export function Contents({ groups, label }: { readonly groups: readonly Group[]; readonly label: string }) {
  const list = useRef<HTMLElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const links = [...(list.current?.querySelectorAll("a") ?? [])];
    const at = links.findIndex((link) => link.matches(":focus"));
    event.preventDefault();
    links[at + step]?.focus();
  };
  return (
    <nav ref={list} class="contents" aria-label={label} onKeyDown={move}>
      {groups.map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h2 class="contents__tag">{group.name}</h2>
          <ul class="contents__list">
            {group.operations.map((operation) => (
              <li key={operation.operationId}>
                <a
                  class="contents__link"
                  href={hrefOf(operation.operationId)}
                  aria-current={place.value === operation.operationId ? "page" : undefined}
                >
                  <MethodTag method={operation.method} />
                  <span class="contents__summary">{operation.summary}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

/** The same at length, for the overview. */
export function Index({ groups }: { readonly groups: readonly Group[] }) {
  return (
    <>
      {groups.map((group) => (
        <section key={group.name} class="index" aria-labelledby={`tag-${group.name}`}>
          <h2 id={`tag-${group.name}`}>{group.name}</h2>
          <p class="muted small">{group.description}</p>
          <ul class="index__list">
            {group.operations.map((operation) => (
              <li key={operation.operationId}>
                <a class="index__link" href={hrefOf(operation.operationId)}>
                  <MethodTag method={operation.method} />
                  <span class="mono">
                    <Path path={operation.path} />
                  </span>
                  <span class="index__summary">{operation.summary}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
