import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import "./notes.css";

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** What will be here, and what to do for it. */
  readonly children: ComponentChildren;
  readonly actions?: ComponentChildren;
}

export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div class="empty">
      <span class="empty__icon">
        <Icon name={icon} size={20} />
      </span>
      <h3>{title}</h3>
      <div class="empty__text">{children}</div>
      {actions !== undefined && <div class="empty__actions">{actions}</div>}
    </div>
  );
}
