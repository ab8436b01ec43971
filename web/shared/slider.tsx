import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Field, type FieldProps } from "./field.tsx";

export interface SliderProps extends Omit<FieldProps, "children"> {
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** How the value reads: `4 cores`, `25%`. */
  readonly format?: (value: number) => string;
  readonly disabled?: boolean;
  readonly onInput: (value: number) => void;
}

export function Slider(props: SliderProps) {
  const { value, min, max, step = 1, format = String, disabled = false, onInput } = props;
  return (
    <Field {...props}>
      {({ id, describedBy }) => (
        <span class="slider">
          <input
            id={id}
            type="range"
            value={value}
            min={min}
            max={max}
            step={step}
            disabled={disabled}
            aria-valuetext={format(value)}
            aria-describedby={describedBy}
            onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
          />
          <output for={id}>{format(value)}</output>
        </span>
      )}
    </Field>
  );
}

export interface SwitchProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** On or off, with effect at once. */
export function Switch({ label, hint, checked, disabled = false, onChange }: SwitchProps) {
  const id = useId();
  return (
    <label class="switch" for={id}>
      <input
        id={id}
        type="checkbox"
        role="switch"
        checked={checked}
        aria-checked={checked}
        aria-labelledby={`${id}-label`}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span class="switch__text">
        <span id={`${id}-label`}>{label}</span>
        {hint !== undefined && (
          <span id={`${id}-hint`} class="field__hint">
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
