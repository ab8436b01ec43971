import { useEffect, useRef, useState } from "preact/hooks";
import { IconButton, LinkButton } from "../../shared/button.tsx";
import { EmptyState } from "../../shared/empty-state.tsx";
import { ErrorNote } from "../../shared/error-note.tsx";
import { Input } from "../../shared/field.tsx";
import { Skeleton } from "../../shared/skeleton.tsx";
import { ThemePicker } from "../../shared/theme-picker.tsx";
import { Toasts } from "../../shared/toast.tsx";
import { type ApiDocument, asksForTokens, fetchDescription, found, groupsOf } from "../description.ts";
import { place } from "../place.ts";
import { Contents, Index } from "./contents.tsx";
import { OperationView } from "./operation.tsx";
import { Says } from "./says.tsx";

interface Loaded {
  readonly document: ApiDocument;
  readonly withToken: boolean;
}

export function App({ iconUrl }: { readonly iconUrl: string }) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [error, setError] = useState<unknown>();
  const [search, setSearch] = useState("");
  const [menuOpen, setMenuOpen] = useState(false);
  useEffect(() => {
    const leaving = new AbortController();
    Promise.all([fetchDescription(leaving.signal), asksForTokens(leaving.signal)]).then(
      ([document, withToken]) => setLoaded({ document, withToken }),
      (thrown: unknown) => {
        if (!leaving.signal.aborted) setError(thrown);
      },
    );
    return () => leaving.abort();
  }, []);
  const at = place.value;
  useEffect(() => setMenuOpen(false), [at]);
  const groups = loaded ? found(groupsOf(loaded.document), search) : [];
  return (
    <div class="reference">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <aside class={`side${menuOpen ? " side--open" : ""}`}>
        <div class="spread">
          <a class="brand" href="/docs/">
            <img src={iconUrl} alt="" width="24" height="24" />
            API reference
          </a>
          <IconButton
            icon={menuOpen ? "close" : "menu"}
            label={menuOpen ? "Close the contents" : "Open the contents"}
            expanded={menuOpen}
            class="side__toggle"
            onClick={() => setMenuOpen(!menuOpen)}
          />
        </div>
        <Input
          label="Search operations"
          labelHidden
          type="search"
          placeholder="Search"
          value={search}
          onInput={(text) => {
            setSearch(text);
            setMenuOpen(true);
          }}
        />
        <p class="visually-hidden" role="status">
          {search !== "" && `${groups.flatMap(({ operations }) => operations).length} operations found`}
        </p>
        <Contents groups={groups} label="Operations" />
        {loaded && groups.length === 0 && <p class="muted small">Nothing matches.</p>}
        <ThemePicker />
      </aside>
      <Main loaded={loaded} error={error} />
      <Toasts />
    </div>
  );
}

interface MainProps {
  readonly loaded: Loaded | undefined;
  readonly error: unknown;
}

function Main({ loaded, error }: MainProps) {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const at = place.value;
  // Another operation begins at its top.
  useEffect(() => {
    if (!first.current && at !== undefined) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [at]);
  return (
    <main id="main" ref={main} class="main" tabIndex={-1}>
      {error !== undefined && <ErrorNote error={error} onRetry={() => location.reload()} />}
      {loaded && <Shown {...loaded} />}
      {!loaded && error === undefined && <Skeleton width="40%" height="1rem" />}
    </main>
  );
}

function Shown({ document: api, withToken }: Loaded) {
  const at = place.value;
  const groups = groupsOf(api);
  const operation = groups
    .flatMap(({ operations }) => operations)
    .find(({ operationId }) => operationId === at);
  const title = operation?.summary ?? "API reference";
  useEffect(() => {
    document.title = `${title} · Zerverless`;
  }, [title]);
  if (operation) {
    return (
      <OperationView key={at} operation={operation} schemas={api.components.schemas} withToken={withToken} />
    );
  }
  if (at !== "") {
    return (
      <EmptyState
        icon="search"
        title="There is no such operation"
        actions={<LinkButton href="/docs/">Show all operations</LinkButton>}
      >
        The address leads nowhere. It may have been mistyped, or come from another version.
      </EmptyState>
    );
  }
  return (
    <div class="overview">
      <header class="stack-tight">
        <h1>
          {api.info.title} {api.info.version}
        </h1>
        <Says text={api.info.description ?? ""} />
        <p class="muted">
          {withToken
            ? "Requests carry a token as Authorization: Bearer TOKEN; each operation says which scope it needs."
            : "This orchestrator answers everybody: no token is needed."}
        </p>
        <div class="row">
          <LinkButton href="/openapi.json" icon="download" target="_blank">
            OpenAPI 3.1
          </LinkButton>
          <LinkButton href="/dashboard/" icon="home">
            Dashboard
          </LinkButton>
        </div>
      </header>
      <Index groups={groups} />
    </div>
  );
}
