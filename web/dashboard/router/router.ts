import { signal } from "@preact/signals";

/** Where the dashboard lives; every view is at an address below it. */
export const base = "/dashboard/";

export interface Place {
  /** Below `base`, without a slash at its beginning. */
  readonly path: string;
  readonly query: URLSearchParams;
}

function read(): Place {
  const { pathname, search } = location;
  const path = pathname.startsWith(base) ? pathname.slice(base.length) : "";
  return { path, query: new URLSearchParams(search) };
}

/** Where the visitor is. */
export const place = signal<Place>(read());

export interface NavigateOptions {
  /** Takes the present entry's place in the history, as a filter does while one types. */
  readonly replace?: boolean;
}

/** Goes to an address of the dashboard. @param to as `hrefOf` makes it */
export function navigate(to: string, { replace = false }: NavigateOptions = {}): void {
  if (to === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  place.value = read();
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** The address of a view. Segments are encoded; values that are undefined or empty are left out. */
export function hrefOf(segments: readonly string[], query: Query = {}): string {
  const known = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, String(value)]],
  );
  const search = new URLSearchParams(known).toString();
  return `${base}${segments.map(encodeURIComponent).join("/")}${search && `?${search}`}`;
}

/** Changes some values of the present address's query; undefined or empty removes one. */
export function updateQuery(changes: Query, options?: NavigateOptions): void {
  const query = Object.fromEntries([...place.value.query, ...Object.entries(changes)]);
  const [path] = location.pathname.split("?");
  const search = hrefOf([], query).slice(base.length);
  navigate(`${path}${search}`, options);
}

/** A value of the present address's query; reads as undefined where it is absent. */
export function queryValue(name: string): string | undefined {
  return place.value.query.get(name) ?? undefined;
}

/** Makes plain links within the dashboard, and the browser's own back and forward, change the view without loading. */
export function startRouter(): void {
  addEventListener("popstate", () => {
    place.value = read();
  });
  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    const anchor = event.target instanceof Element ? event.target.closest("a") : null;
    if (
      !plain ||
      event.defaultPrevented ||
      !anchor ||
      anchor.target !== "" ||
      anchor.hasAttribute("download")
    )
      return;
    if (anchor.origin !== location.origin || !anchor.pathname.startsWith(base) || anchor.hash !== "") return;
    event.preventDefault();
    navigate(anchor.pathname + anchor.search);
  });
}
