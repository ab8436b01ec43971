import type { ComponentChildren, TargetedInputEvent } from "preact";
import { useId } from "preact/hooks";
import "./field.css";
import { Icon } from "./icon.tsx";

/** What a control needs to belong to its field; `Field` hands it out. */
export interface FieldLinks {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  /** What is wrong with the value, as a sentence. */
  readonly error?: string | undefined;
  /** For where the surroundings show what it is; the label is still there for screen readers. */
  readonly labelHidden?: boolean;
  readonly class?: string;
  readonly children: (links: FieldLinks) => ComponentChildren;
}

/** A label, a control, and what there is to say about it. */
export function Field(props: FieldProps) {
  const { label, hint, error, labelHidden = false, children } = props;
  const id = useId();
  const describedBy =
    [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean).join(" ") ||
    undefined;
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={id} class={labelHidden ? "visually-hidden" : "field__label"}>
        {label}
      </label>
      {children({ id, describedBy, invalid: error !== undefined })}
      {hint !== undefined && (
        <span id={`${id}-hint`} class="field__hint">
          {hint}
        </span>
      )}
      {error !== undefined && (
        <span id={`${id}-error`} class="field__error" role="alert">
          <Icon name="alert" />
          {error}
        </span>
      )}
    </div>
  );
}

type Wrapped = Omit<FieldProps, "children">;

export interface InputProps extends Wrapped {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly type?: "text" | "search" | "password" | "number" | "url";
  readonly placeholder?: string;
  readonly mono?: boolean;
  readonly disabled?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly autocomplete?: string;
  readonly autofocus?: boolean;
  /** What the browser offers while one types; for text alone. */
  readonly suggestions?: readonly string[];
}

export function Input(props: InputProps) {
  const { value, onInput, type = "text", mono = false, suggestions } = props;
  const listId = useId();
  return (
    <Field {...props}>
      {({ id, describedBy, invalid }) => {
        const shared = {
          id,
          class: `input${mono ? " mono" : ""}${type === "search" ? " input--search" : ""}`,
          value,
          placeholder: props.placeholder,
          disabled: props.disabled ?? false,
          min: props.min,
          max: props.max,
          step: props.step,
          autocomplete: props.autocomplete ?? "off",
          autofocus: props.autofocus ?? false,
          spellcheck: false,
          autocapitalize: "none" as const,
          "aria-invalid": invalid,
          "aria-describedby": describedBy,
          onInput: (event: TargetedInputEvent<HTMLInputElement>) => onInput(event.currentTarget.value),
        };
        if (suggestions) {
          return (
            <>
              <input {...shared} type="text" list={listId} />
              <datalist id={listId}>
                {suggestions.map((suggestion) => (
                  <option key={suggestion} value={suggestion} />
                ))}
              </datalist>
            </>
          );
        }
        // Preact's types know which attributes go with which type, one by one.
        switch (type) {
          case "number":
            return <input {...shared} type="number" />;
          case "password":
            return <input {...shared} type="password" />;
          case "url":
            return <input {...shared} type="url" />;
          case "text":
            return <input {...shared} type="text" />;
          case "search":
            return (
              <span class="search">
                <Icon name="search" />
                <input {...shared} type="search" />
              </span>
            );
        }
      }}
    </Field>
  );
}

export interface TextareaProps extends Wrapped {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
  readonly mono?: boolean;
  readonly placeholder?: string;
  readonly disabled?: boolean;
}

export function Textarea(props: TextareaProps) {
  const { value, onInput, rows = 4, mono = false } = props;
  return (
    <Field {...props}>
      {({ id, describedBy, invalid }) => (
        <textarea
          id={id}
          class={`input${mono ? " mono" : ""}`}
          rows={rows}
          value={value}
          placeholder={props.placeholder}
          disabled={props.disabled ?? false}
          spellcheck={false}
          aria-invalid={invalid}
          aria-describedby={describedBy}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export interface SelectProps<Value extends string> extends Wrapped {
  readonly value: Value;
  readonly options: readonly SelectOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, options, onChange, disabled = false } = props;
  return (
    <Field {...props}>
      {({ id, describedBy, invalid }) => (
        <span class="select">
          <select
            id={id}
            class="input"
            value={value}
            disabled={disabled}
            aria-invalid={invalid}
            aria-describedby={describedBy}
            onChange={(event) => {
              const chosen = options[event.currentTarget.selectedIndex];
              if (chosen) onChange(chosen.value);
            }}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value} selected={option.value === value}>
                {option.label}
              </option>
            ))}
          </select>
          <Icon name="chevronDown" />
        </span>
      )}
    </Field>
  );
}
