import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button, IconButton } from "./button.tsx";
import "./dialog.css";
import { ErrorNote } from "./error-note.tsx";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** Stays above dialogs that open after it, for what has to be answered first. */
  readonly topmost?: boolean;
  /** The buttons; one of type submit submits. */
  readonly foot?: ComponentChildren;
  readonly onSubmit?: () => void;
  readonly children: ComponentChildren;
}

/** Tells of each dialog that opens. */
const openings = new EventTarget();

/**
 * A modal dialog, open for as long as it is rendered. The browser's own: it holds the focus, gives it back, and closes
 * on Escape.
 */
export function Dialog(props: DialogProps) {
  const { title, onClose, wide = false, topmost = false, foot, onSubmit, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const rise = () => {
      element?.close();
      element?.showModal();
    };
    element?.showModal();
    openings.dispatchEvent(new Event("open"));
    if (topmost) openings.addEventListener("open", rise);
    return () => {
      openings.removeEventListener("open", rise);
      element?.close();
    };
  }, [topmost]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the backdrop's key is Escape, which the browser hands to onCancel.
    <dialog
      ref={dialog}
      class={wide ? "dialog dialog--wide" : "dialog"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        // Only the backdrop is the dialog itself; all within lies on its form.
        if (event.target === dialog.current) onClose();
      }}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit?.();
        }}
      >
        <header class="dialog__head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </header>
        <div class="dialog__body stack">{children}</div>
        {foot !== undefined && <footer class="dialog__foot">{foot}</footer>}
      </form>
    </dialog>
  );
}

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly children: ComponentChildren;
  /** The verb of what is confirmed, such as "Delete 3 files". */
  readonly confirm: string;
  readonly danger?: boolean;
  readonly onConfirm: () => Promise<void> | void;
  readonly onClose: () => void;
}

/** Asks before something that matters; closes by itself once it is done, and says what went wrong when not. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, children, confirm, danger = false, onConfirm, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => void submit()}
      foot={
        <>
          <Button onClick={onClose}>Keep it as it is</Button>
          <Button type="submit" kind={danger ? "danger" : "primary"} busy={busy}>
            {confirm}
          </Button>
        </>
      }
    >
      <div class="muted">{children}</div>
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}
