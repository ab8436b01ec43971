import { useEffect, useState } from "preact/hooks";
import { isNamespace } from "../../../../src/protocol/namespace-names.ts";
import { Input } from "../../../shared/field.tsx";

export interface NamespaceInputProps {
  readonly value: string;
  /** Called once typing has paused and what stands there can be a namespace, or nothing stands there. */
  readonly onSettle: (value: string) => void;
}

const pauseMs = 350;

/** A namespace to narrow a list to. */
export function NamespaceInput({ value, onSettle }: NamespaceInputProps) {
  const [typed, setTyped] = useState(value);
  // Back, forward and "Clear" change it from outside.
  useEffect(() => setTyped(value), [value]);
  const fits = typed === "" || isNamespace(typed);
  useEffect(() => {
    if (typed === value || !fits) return;
    const timer = setTimeout(() => onSettle(typed), pauseMs);
    return () => clearTimeout(timer);
  }, [typed, value, fits, onSettle]);
  return (
    <Input
      label="Namespace"
      labelHidden
      type="search"
      placeholder="Every namespace"
      value={typed}
      onInput={(text) => setTyped(text.trim())}
      error={fits ? undefined : "No namespace is written like this."}
    />
  );
}
