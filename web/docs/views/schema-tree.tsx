import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";
import type { JsonSchema, Schemas } from "../description.ts";
import { type Member, type Shape, shapeOf } from "../shape.ts";
import { Words } from "./says.tsx";

/** How deep a tree is open at first. */
const openDepth = 1;

export interface SchemaTreeProps {
  readonly schema: JsonSchema;
  readonly schemas: Schemas;
  /** Shows its members alone. */
  readonly rootless?: boolean;
}

/** A schema with its members, which can be opened one by one. */
export function SchemaTree({ schema, schemas, rootless = false }: SchemaTreeProps) {
  const shape = shapeOf(schema, schemas);
  return (
    <div class="tree">
      {!rootless && (
        <p class="tree__root">
          <Facts shape={shape} />
        </p>
      )}
      <Parts shape={shape} depth={0} />
    </div>
  );
}

function Facts({ shape, note }: { readonly shape: Shape; readonly note?: string | undefined }) {
  return (
    <>
      <span class="tree__type">{shape.words}</span>
      {note !== undefined && <span class="tree__type">{note}</span>}
      {shape.limits.map((limit) => (
        <code key={limit} class="tree__limit">
          {limit}
        </code>
      ))}
      {shape.description !== undefined && (
        <span class="tree__says">
          <Words text={shape.description} />
        </span>
      )}
    </>
  );
}

function Parts({ shape, depth }: { readonly shape: Shape; readonly depth: number }) {
  if (shape.variants.length > 0) {
    return (
      <ul class="tree__list">
        {shape.variants.map((variant, index) => (
          <li key={`${index}-${variant.words}`}>
            <Branch
              label={<span class="tree__either">{index === 0 ? "either" : "or"}</span>}
              note={mark(variant)}
              shape={variant}
              opened={depth < openDepth && index === 0}
              depth={depth}
            />
          </li>
        ))}
      </ul>
    );
  }
  if (shape.members.length === 0) return null;
  return (
    <ul class="tree__list">
      {shape.members.map((member) => (
        <li key={member.name}>
          <MemberRow member={member} depth={depth} />
        </li>
      ))}
    </ul>
  );
}

/** What tells one of several objects from the others: its first member with a fixed value. */
function mark({ members }: Shape): string | undefined {
  for (const { name, shape } of members) {
    const { words, limits } = shape();
    if (words.startsWith('"')) return `where ${name} is ${words}`;
    if (words === "string" && limits[0]?.startsWith('"')) return `where ${name} is one of ${limits[0]}`;
  }
  return undefined;
}

function MemberRow({ member, depth }: { readonly member: Member; readonly depth: number }) {
  const label = (
    <>
      <code class="tree__name">{member.name}</code>
      {member.required && <span class="tree__required">required</span>}
    </>
  );
  return <Branch label={label} shape={member.shape()} opened={depth + 1 < openDepth} depth={depth + 1} />;
}

interface BranchProps {
  readonly label: ComponentChildren;
  /** After its type. */
  readonly note?: string | undefined;
  readonly shape: Shape;
  /** Whether it is open at first. */
  readonly opened: boolean;
  readonly depth: number;
}

/** A line, and below it what it is made of, once it is opened. */
function Branch({ label, note, shape, opened, depth }: BranchProps) {
  const [open, setOpen] = useState(opened);
  if (shape.members.length + shape.variants.length === 0) {
    return (
      <div class="tree__line">
        {label}
        <Facts shape={shape} note={note} />
      </div>
    );
  }
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="tree__line tree__line--opens">
        <Icon name="chevronRight" size={12} />
        {label}
        <Facts shape={shape} note={note} />
      </summary>
      {open && <Parts shape={shape} depth={depth} />}
    </details>
  );
}
