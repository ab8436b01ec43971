import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";

export interface PageProps {
  readonly title: string;
  /** Beside the title: what it is an instance of, or its state. */
  readonly aside?: ComponentChildren;
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** The way back up, such as "Jobs". */
  readonly up?: { readonly href: string; readonly label: string };
  readonly children: ComponentChildren;
}

/** The frame of a view: its heading, what can be done with the whole, and its parts. */
export function Page({ title, aside, lead, actions, up, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Zerverless`;
  }, [title]);
  return (
    <div class="page">
      <header class="page__head">
        <div class="page__titles">
          {up && (
            <a class="page__up" href={up.href}>
              {up.label}
            </a>
          )}
          <div class="page__title">
            <h1>{title}</h1>
            {aside}
          </div>
          {lead !== undefined && <p class="page__lead">{lead}</p>}
        </div>
        {actions !== undefined && <div class="page__actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
