import type { ComponentChildren } from "preact";
import { Button } from "./button.tsx";
import { Icon } from "./icon.tsx";
import "./notes.css";

/** What to tell of a thing that was thrown: the server answers in sentences, and so do the pages' own errors. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === "" ? "Something went wrong, and nothing says what." : text;
}

export interface NoteProps {
  readonly tone?: "info" | "warn" | "bad" | "good";
  readonly children: ComponentChildren;
  readonly action?: ComponentChildren;
}

/** A sentence that stands out. */
export function Note({ tone = "info", children, action }: NoteProps) {
  const icon = tone === "good" ? "check" : tone === "info" ? "info" : "alert";
  return (
    <div class={`note note--${tone}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={icon} />
      <div class="note__text">{children}</div>
      {action}
    </div>
  );
}

export interface ErrorNoteProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** An error in words, and a way to try again where there is one. */
export function ErrorNote({ error, onRetry }: ErrorNoteProps) {
  return (
    <Note
      tone="bad"
      action={
        onRetry && (
          <Button size="small" icon="refresh" onClick={onRetry}>
            Try again
          </Button>
        )
      }
    >
      {sentenceOf(error)}
    </Note>
  );
}
