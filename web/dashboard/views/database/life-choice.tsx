import { Input, Select } from "../../../shared/field.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { readLifeTime } from "./life-time.ts";

/** How long a value is to live, as it was chosen. */
export interface LifeChoice {
  readonly kind: "kept" | "forever" | "span";
  /** As it was typed, for `span`. */
  readonly span: string;
}

/** @param expiresAt of the value as it is stored */
export function initialChoice(expiresAt: string | undefined): LifeChoice {
  return { kind: expiresAt === undefined ? "forever" : "kept", span: "" };
}

/** Seconds to write with; undefined for ever. A sentence where the choice cannot be understood. */
export function secondsOf(
  { kind, span }: LifeChoice,
  expiresAt: string | undefined,
  nowMs: number,
): { readonly seconds: number | undefined } | { readonly fault: string } {
  if (kind === "forever") return { seconds: undefined };
  if (kind === "kept") {
    const left = expiresAt === undefined ? undefined : (Date.parse(expiresAt) - nowMs) / 1000;
    if (left !== undefined && left <= 0)
      return { fault: "The value's time is up. Choose how long it is to live." };
    return { seconds: left };
  }
  const read = readLifeTime(span);
  if (read.kind === "fault") return { fault: read.sentence };
  if (read.kind === "forever") return { fault: "Write how long the value is to live, such as 10m." };
  return { seconds: read.seconds };
}

export interface LifeFieldProps {
  readonly choice: LifeChoice;
  readonly expiresAt: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (choice: LifeChoice) => void;
}

export function LifeField({ choice, expiresAt, error, onChange }: LifeFieldProps) {
  return (
    <div class="life">
      <Select
        label="Lives"
        value={choice.kind}
        options={[
          ...(expiresAt === undefined ? [] : [{ value: "kept" as const, label: "As long as it has left" }]),
          { value: "forever", label: "Until it is deleted" },
          { value: "span", label: "For a time" },
        ]}
        onChange={(kind) => onChange({ ...choice, kind })}
        hint={
          choice.kind === "kept" && expiresAt !== undefined ? (
            <>
              Ends <RelativeTime at={expiresAt} ahead />
            </>
          ) : undefined
        }
        error={choice.kind === "span" ? undefined : error}
      />
      {choice.kind === "span" && (
        <Input
          label="For how long"
          value={choice.span}
          onInput={(span) => onChange({ ...choice, span })}
          placeholder="90s, 10m, 12h, 7d"
          error={error}
        />
      )}
    </div>
  );
}
