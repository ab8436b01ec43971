import { useEffect, useState } from "preact/hooks";
import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Input } from "../../../shared/field.tsx";
import { CursorPager } from "../../../shared/pager.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { turnBack, turnTo } from "../../data/cursors.ts";
import { type Resource, useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { hrefOf, queryValue, updateQuery } from "../../router/router.ts";
import "./database.css";

const pageSize = 100;
/** Typing is not searching: it waits for a pause. */
const pauseMs = 200;

export interface KeyPage {
  readonly keys: readonly string[];
  readonly cursor: string | null;
}

/** The page of keys that the address asks for. */
export function useKeys(namespace: string): Resource<KeyPage> {
  const prefix = queryValue("prefix") ?? "";
  const cursor = queryValue("cursor");
  return useResource(`keys ${namespace} ${prefix} ${cursor ?? ""}`, (signal) =>
    client.kv(namespace).list({ prefix, cursor, limit: pageSize }, { signal }),
  );
}

export interface KeysProps {
  readonly namespace: string;
  readonly page: Resource<KeyPage>;
}

/** A namespace's keys in order, from a prefix on. */
export function Keys({ namespace, page }: KeysProps) {
  const prefix = queryValue("prefix") ?? "";
  const cursor = queryValue("cursor");
  const opened = queryValue("key");
  const { data, error, reload } = page;
  return (
    <Card flush class="keys">
      <div class="keys__search">
        <PrefixSearch value={prefix} />
      </div>
      {error !== undefined && (
        <div class="keys__note">
          <ErrorNote error={error} onRetry={reload} />
        </div>
      )}
      {data?.keys.length === 0 ? (
        <NoKeys namespace={namespace} prefix={prefix} />
      ) : (
        <ul class="keys__list" aria-label={`Keys of ${namespace}`} aria-busy={data === undefined}>
          {data === undefined
            ? Array.from({ length: 8 }, (_, at) => (
                <li key={at} class="keys__item">
                  <Skeleton width={`${40 + ((at * 17) % 40)}%`} />
                </li>
              ))
            : data.keys.map((key) => (
                <li key={key}>
                  <a
                    class="keys__item mono"
                    href={hrefOf(["database", namespace], { prefix, cursor, key })}
                    aria-current={key === opened ? "true" : undefined}
                    title={key}
                  >
                    <Key text={key} prefix={prefix} />
                  </a>
                </li>
              ))}
        </ul>
      )}
      {data && (cursor !== undefined || data.cursor !== null) && (
        <CursorPager
          things="keys"
          count={data.keys.length}
          onPrevious={cursor === undefined ? undefined : turnBack}
          onNext={data.cursor === null ? undefined : () => turnTo(data.cursor ?? "")}
        />
      )}
    </Card>
  );
}

/** What was searched for steps back, so that what tells keys apart stands out. */
function Key({ text, prefix }: { readonly text: string; readonly prefix: string }) {
  if (prefix === "" || !text.startsWith(prefix)) return text;
  return (
    <>
      <span class="muted">{prefix}</span>
      {text.slice(prefix.length)}
    </>
  );
}

function PrefixSearch({ value }: { readonly value: string }) {
  const [text, setText] = useState(value);
  // Back and forward change the address under the field.
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(
      () => updateQuery({ prefix: text, cursor: undefined }, { replace: true }),
      pauseMs,
    );
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Input
      label="Keys that begin with"
      labelHidden
      type="search"
      value={text}
      onInput={setText}
      placeholder="Keys that begin with…"
      mono
    />
  );
}

function NoKeys({ namespace, prefix }: { readonly namespace: string; readonly prefix: string }) {
  if (prefix !== "") {
    return (
      <EmptyState icon="search" title="No such keys">
        No key of {namespace} begins with <code>{prefix}</code>.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="database"
      title="No keys yet"
      actions={
        <LinkButton icon="plus" href={hrefOf(["database", namespace], { new: 1 })}>
          Add a key
        </LinkButton>
      }
    >
      Functions and jobs of {namespace} keep values here with <code>db.set("key", value)</code>; you can add
      one by hand as well.
    </EmptyState>
  );
}
