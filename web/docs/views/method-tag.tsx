const tones: Readonly<Record<string, string>> = { GET: "info", POST: "good", PUT: "warn", DELETE: "bad" };

/** The verb of an operation, told by word and colour. */
export function MethodTag({ method }: { readonly method: string }) {
  return <span class={`method method--${tones[method] ?? "info"}`}>{method}</span>;
}

/** A path that may break after each of its slashes. */
export function Path({ path }: { readonly path: string }) {
  const parts = path.split(/(?<=\/)/);
  return (
    <span class="path">
      {parts.map((part, index) => (
        <span key={parts.slice(0, index + 1).join("")}>
          {part}
          <wbr />
        </span>
      ))}
    </span>
  );
}
