import type { Content, Schemas } from "../description.ts";
import { SchemaTree } from "./schema-tree.tsx";

/** What a body may be, by media type. */
export function MediaTrees({ content, schemas }: { readonly content: Content; readonly schemas: Schemas }) {
  return (
    <>
      {Object.entries(content).map(([type, media]) => (
        <section key={type} class="media" aria-label={type}>
          <p class="mono small faint">{type === "*/*" ? "any media type" : type}</p>
          {media.schema && <SchemaTree schema={media.schema} schemas={schemas} />}
        </section>
      ))}
    </>
  );
}
