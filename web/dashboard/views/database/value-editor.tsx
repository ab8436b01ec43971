import { useState } from "preact/hooks";
import { formatBytes } from "../../../../src/stdx/format.ts";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { toast } from "../../../shared/toast.tsx";
import { CodeEditor } from "../../editor/code-editor.tsx";
import { Conflict } from "./conflict.tsx";
import type { Entry } from "./entry.ts";
import { checkJson, compactJson, formatJson } from "./json-format.ts";
import { initialChoice, LifeField, secondsOf } from "./life-choice.tsx";
import { writeEntry } from "./store.ts";
import "./database.css";

export interface ValueEditorProps {
  readonly namespace: string;
  readonly keyName: string;
  /** What is stored; undefined for a key without a value. */
  readonly entry: Entry | undefined;
  /** Says that it cannot be saved yet. */
  readonly disabled?: boolean;
  readonly onSaved: () => void;
  readonly onDelete: () => void;
  /** Takes another state of the value as the one to edit. */
  readonly onTake: (entry: Entry | undefined) => void;
}

/** Lines that the editor has room for; it scrolls beyond them. */
function linesOf(text: string): number {
  return Math.min(24, Math.max(6, text.split("\n", 25).length + 1));
}

/** A value as JSON, to be changed. Nothing that somebody else wrote meanwhile is lost unseen. */
export function ValueEditor(props: ValueEditorProps) {
  const { keyName, entry, onDelete, onTake } = props;
  const { text, setText, fill, filling, life, setLife, check, lifeFault, changed, ...saving } =
    useEditing(props);
  const { save, busy, error, conflict, ready } = saving;
  return (
    <Card
      title="Value"
      actions={
        <>
          <Button
            size="small"
            kind="quiet"
            disabled={check.kind !== "json"}
            onClick={() => fill(formatJson(text))}
          >
            Format
          </Button>
          <CopyButton text={() => text} label="Copy" />
        </>
      }
    >
      <div class="stack">
        {entry && <Facts entry={entry} />}
        {conflict && (
          <Conflict
            keyName={keyName}
            mine={text}
            theirs={conflict.theirs}
            busy={busy}
            onOverwrite={() => void save(conflict.theirs?.version ?? 0)}
            onTake={() => onTake(conflict.theirs)}
          />
        )}
        <div class="value__editor">
          <CodeEditor
            label="JSON. Escape, then Tab, leaves the editor."
            value={text}
            document={`${filling}`}
            language="json"
            height={`${linesOf(text) * 1.3 + 1.5}rem`}
            onChange={setText}
            onRun={() => void save(entry?.version ?? 0)}
          />
        </div>
        {check.kind === "fault" && (
          <p class="field__error" role="alert">
            <Icon name="alert" />
            {check.sentence}
          </p>
        )}
        <LifeField choice={life} expiresAt={entry?.expiresAt} error={lifeFault} onChange={setLife} />
        {error !== undefined && <ErrorNote error={error} />}
        <div class="spread">
          <span class="row">
            <Button
              kind="primary"
              busy={busy}
              disabled={!ready}
              onClick={() => void save(entry?.version ?? 0)}
            >
              {entry ? "Save" : "Create"}
            </Button>
            {entry && (
              <Button disabled={!changed || busy} onClick={saving.undo}>
                Undo changes
              </Button>
            )}
          </span>
          {entry && (
            <Button kind="quiet" icon="trash" onClick={onDelete}>
              Delete
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}

function Facts({ entry }: { readonly entry: Entry }) {
  return (
    <p class="small muted numbers row">
      <span>Version {entry.version}</span>
      <span aria-hidden="true">·</span>
      <span>{formatBytes(new TextEncoder().encode(entry.json).length)}</span>
      {entry.expiresAt !== undefined && (
        <>
          <span aria-hidden="true">·</span>
          <span>
            ends <RelativeTime at={entry.expiresAt} ahead />
          </span>
        </>
      )}
    </p>
  );
}

/** What stands in the editor, whether it can be saved, and the saving of it. */
function useEditing({ namespace, keyName, entry, disabled = false, onSaved }: ValueEditorProps) {
  const stored = entry ? formatJson(entry.json) : "";
  const [text, setText] = useState(stored);
  // The editor takes a text from outside only as another document.
  const [filling, setFilling] = useState(0);
  const fill = (next: string) => {
    setText(next);
    setFilling((count) => count + 1);
  };
  const [life, setLife] = useState(() => initialChoice(entry?.expiresAt));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [conflict, setConflict] = useState<{ readonly theirs: Entry | undefined }>();
  const check = checkJson(text);
  const seconds = secondsOf(life, entry?.expiresAt, Date.now());
  const lifeFault = "fault" in seconds ? seconds.fault : undefined;
  const changed = text !== stored || life.kind !== initialChoice(entry?.expiresAt).kind;

  const save = async (ifVersion: number) => {
    if (disabled || busy || check.kind !== "json" || "fault" in seconds) return;
    setBusy(true);
    setError(undefined);
    try {
      const json = compactJson(text);
      const outcome = await writeEntry({ namespace, key: keyName, json, ttl: seconds.seconds, ifVersion });
      if (outcome.kind === "conflict") setConflict(outcome);
      else {
        setConflict(undefined);
        toast(`${keyName} was saved.`);
        onSaved();
      }
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const undo = () => {
    fill(stored);
    setLife(initialChoice(entry?.expiresAt));
  };
  const ready = !disabled && changed && check.kind === "json" && lifeFault === undefined;
  const content = { text, setText, fill, filling, life, setLife, check, lifeFault, changed };
  return { ...content, save, undo, busy, error, conflict, ready };
}
