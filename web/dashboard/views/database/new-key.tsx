import { useState } from "preact/hooks";
import { limits } from "../../../../src/protocol/limits.ts";
import { Input } from "../../../shared/field.tsx";
import { ValueEditor } from "./value-editor.tsx";

export interface NewKeyProps {
  readonly namespace: string;
  readonly prefix: string;
  readonly onCreated: (key: string) => void;
  /** The key that was typed has a value already. */
  readonly onOpen: (key: string) => void;
}

/** A key that is to be made, with its value. */
export function NewKey({ namespace, prefix, onCreated, onOpen }: NewKeyProps) {
  const [key, setKey] = useState(prefix);
  const bytes = new TextEncoder().encode(key).length;
  const fault =
    bytes > limits.kvKeyBytesMax
      ? `A key can have ${limits.kvKeyBytesMax} bytes at the most; this one has ${bytes}.`
      : undefined;
  return (
    <div class="stack">
      <h2>New key</h2>
      <Input
        label="Key"
        value={key}
        onInput={setKey}
        placeholder="users/7"
        hint="Slashes group keys: a search for users/ then finds all of them."
        error={fault}
        autofocus
        mono
      />
      <ValueEditor
        namespace={namespace}
        keyName={key}
        entry={undefined}
        disabled={key === "" || fault !== undefined}
        onSaved={() => onCreated(key)}
        onDelete={() => undefined}
        onTake={() => onOpen(key)}
      />
    </div>
  );
}
