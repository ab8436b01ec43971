import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import type { Params } from "../../router/match.ts";
import { hrefOf, navigate, queryValue, updateQuery } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { Keys, useKeys } from "./keys.tsx";
import { NewKey } from "./new-key.tsx";
import { Value } from "./value.tsx";
import "./database.css";

/** A namespace's keys, and the one that is open: `database/{namespace}?prefix=&cursor=&key=`. */
export function Database({ params }: { readonly params: Params }) {
  const { namespace = "" } = params;
  const keys = useKeys(namespace);
  const key = queryValue("key");
  const isNew = queryValue("new") !== undefined;
  const prefix = queryValue("prefix") ?? "";
  const open = (name: string) => navigate(hrefOf(["database", namespace], { prefix, key: name }));
  return (
    <Page
      title={namespace}
      up={{ href: hrefOf(["database"]), label: "Database" }}
      actions={
        <LinkButton
          kind="primary"
          icon="plus"
          href={hrefOf(["database", namespace], { prefix, cursor: queryValue("cursor"), new: 1 })}
        >
          Add a key
        </LinkButton>
      }
    >
      <div class={key !== undefined || isNew ? "database database--open" : "database"}>
        <div class="database__keys">
          <Keys namespace={namespace} page={keys} />
        </div>
        <div class="database__value">
          {isNew ? (
            <NewKey
              key={namespace}
              namespace={namespace}
              prefix={prefix}
              onCreated={(name) => {
                keys.reload();
                open(name);
              }}
              onOpen={open}
            />
          ) : key === undefined ? (
            <Card>
              <EmptyState icon="key" title="No key is open">
                Choose a key to see its value, or search for what keys begin with.
              </EmptyState>
            </Card>
          ) : (
            <Value
              key={`${namespace} ${key}`}
              namespace={namespace}
              keyName={key}
              onChanged={keys.reload}
              onDeleted={() => {
                keys.reload();
                updateQuery({ key: undefined });
              }}
            />
          )}
        </div>
      </div>
    </Page>
  );
}
