import { signal } from "@preact/signals";

const base = "/docs/";

const read = () => (location.pathname.startsWith(base) ? location.pathname.slice(base.length) : "");

/** The operation that the address names; empty for the overview. */
export const place = signal(read());

export const hrefOf = (operationId: string) => base + operationId;

/** Makes links within the page, and the browser's back and forward, change what it shows without loading it. */
export function followLinks(): void {
  addEventListener("popstate", () => {
    place.value = read();
  });
  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    const anchor = event.target instanceof Element ? event.target.closest("a") : null;
    if (!plain || !anchor || anchor.origin !== location.origin) return;
    if (!anchor.pathname.startsWith(base) || anchor.hash !== "") return;
    event.preventDefault();
    if (anchor.pathname !== location.pathname) history.pushState(null, "", anchor.pathname);
    place.value = read();
  });
}
