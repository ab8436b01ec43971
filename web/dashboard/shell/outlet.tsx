import { useEffect, useRef, useState } from "preact/hooks";
import { LinkButton } from "../../shared/button.tsx";
import { EmptyState } from "../../shared/empty-state.tsx";
import { ErrorNote } from "../../shared/error-note.tsx";
import { Skeleton } from "../../shared/skeleton.tsx";
import { matchPath, type Params } from "../router/match.ts";
import { hrefOf, place } from "../router/router.ts";
import { type Route, routes, type View } from "../routes.ts";
import { Page } from "./page.tsx";

interface Match {
  readonly route: Route;
  readonly params: Params;
}

function matchRoute(path: string): Match | undefined {
  for (const route of routes) {
    const params = matchPath(route.pattern, path);
    if (params) return { route, params };
  }
  return undefined;
}

/** Views that were fetched, so that going back to one shows it at once. */
const loaded = new Map<Route, View>();

/** The view of the present address. */
export function Outlet() {
  const match = matchRoute(place.value.path);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const { path } = place.value;
  // Another view begins at its top.
  useEffect(() => {
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [path]);
  return (
    <main id="main" ref={main} class="main" tabIndex={-1}>
      {match ? <Loaded key={match.route.pattern} {...match} /> : <NoSuchView />}
    </main>
  );
}

function Loaded({ route, params }: Match) {
  const [view, setView] = useState<{ readonly View: View } | undefined>(() => viewOf(route));
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (view) return;
    let left = false;
    route.load().then(
      (View) => {
        loaded.set(route, View);
        if (!left) setView({ View });
      },
      (thrown: unknown) => {
        if (!left) setError(thrown);
      },
    );
    return () => {
      left = true;
    };
  }, [route, view]);
  if (error !== undefined) {
    return (
      <Page title={route.title}>
        <ErrorNote
          error="This view could not be fetched. The orchestrator may have been updated, or the connection is down."
          onRetry={() => location.reload()}
        />
      </Page>
    );
  }
  if (view) return <view.View params={params} />;
  return (
    <Page title={route.title}>
      <Skeleton width="40%" height="1rem" />
    </Page>
  );
}

function viewOf(route: Route): { readonly View: View } | undefined {
  const View = loaded.get(route);
  return View && { View };
}

function NoSuchView() {
  return (
    <Page title="Nothing here">
      <EmptyState
        icon="search"
        title="There is no such view"
        actions={<LinkButton href={hrefOf([])}>Go to the overview</LinkButton>}
      >
        The address leads nowhere. It may have been mistyped, or come from another version.
      </EmptyState>
    </Page>
  );
}
