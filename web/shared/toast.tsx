import { signal } from "@preact/signals";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";
import "./notes.css";

interface Toast {
  readonly id: number;
  readonly tone: "good" | "bad";
  readonly text: string;
}

/** Older ones go when there are more. */
const toastsMax = 4;
const shownMs = 6000;

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

/** Tells what was done or went wrong, in a corner, for a while. Errors that belong to a form are shown there instead. */
export function toast(text: string, tone: Toast["tone"] = "good"): void {
  const id = ++lastId;
  toasts.value = [...toasts.value, { id, tone, text }].slice(-toastsMax);
  setTimeout(() => dismiss(id), shownMs);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}

/** Where toasts appear, once on a page. It is there from the start, so that screen readers hear of what is added. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, tone, text }) => (
        <div key={id} class={`toast toast--${tone}`}>
          <Icon name={tone === "good" ? "check" : "alert"} />
          <span>{text}</span>
          <IconButton icon="close" label="Dismiss" size="small" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
