import type { ComponentChildren, Ref } from "preact";
import "./button.css";
import { Icon, type IconName } from "./icon.tsx";

export interface ButtonLook {
  /** `primary` for the one thing that a view is for, `danger` for what can't be undone, `quiet` for side matters. */
  readonly kind?: "plain" | "primary" | "danger" | "quiet";
  readonly size?: "small" | "medium" | "large";
}

interface Shared extends ButtonLook {
  readonly icon?: IconName;
  readonly title?: string;
  readonly class?: string;
}

export interface ButtonProps extends Shared {
  readonly children: ComponentChildren;
  readonly onClick?: (event: MouseEvent) => void;
  readonly type?: "button" | "submit";
  readonly disabled?: boolean;
  /** Shows that the work it started goes on, and takes no second click. */
  readonly busy?: boolean;
  readonly pressed?: boolean;
  readonly buttonRef?: Ref<HTMLButtonElement>;
}

/** Does something. What leads elsewhere is a `LinkButton`. */
export function Button(props: ButtonProps) {
  const { children, icon, busy = false, disabled = false, type = "button", title, pressed } = props;
  return (
    <button
      ref={props.buttonRef ?? null}
      type={type}
      class={classOf(props)}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      aria-pressed={pressed}
      title={title}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else props.onClick?.(event);
      }}
    >
      {busy ? <span class="button__spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface LinkButtonProps extends Shared {
  readonly children: ComponentChildren;
  readonly href: string;
  readonly target?: string;
}

/** Leads elsewhere, and looks like a button. */
export function LinkButton(props: LinkButtonProps) {
  const { children, href, icon, target, title } = props;
  return (
    <a
      class={classOf(props)}
      href={href}
      target={target}
      rel={target === "_blank" ? "noopener" : undefined}
      title={title}
    >
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

export interface IconButtonProps extends ButtonLook {
  readonly icon: IconName;
  /** What it does, for those who don't see the picture and those who wonder about it. */
  readonly label: string;
  readonly onClick?: (event: MouseEvent) => void;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly class?: string;
}

export function IconButton(props: IconButtonProps) {
  const { icon, label, onClick, disabled = false, pressed, expanded, kind = "quiet", size } = props;
  const look = { kind, ...(size && { size }), class: `button--icon ${props.class ?? ""}` };
  return (
    <button
      type="button"
      class={classOf(look)}
      aria-label={label}
      title={label}
      disabled={disabled}
      aria-pressed={pressed}
      aria-expanded={expanded}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function classOf({ kind = "plain", size = "medium", class: more }: ButtonLook & { class?: string }): string {
  const names = ["button"];
  if (kind !== "plain") names.push(`button--${kind}`);
  if (size !== "medium") names.push(`button--${size}`);
  if (more) names.push(more);
  return names.join(" ");
}
