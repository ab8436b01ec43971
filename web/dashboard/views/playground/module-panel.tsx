import { useRef, useState } from "preact/hooks";
import { formatBytes } from "../../../../src/stdx/format.ts";
import { Button } from "../../../shared/button.tsx";
import { CodeBlock } from "../../../shared/code-block.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import type { ModuleDraft } from "./draft.ts";
import { moduleText } from "./module-text.ts";
import { draft, takeModule } from "./store.ts";

/** Where a module is uploaded, in place of an editor, and what it is made of. */
export function ModulePanel({ fault }: { readonly fault: string | undefined }) {
  const { module } = draft.value;
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const [error, setError] = useState<unknown>();
  const take = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setError(undefined);
    try {
      await takeModule(file.name, new Uint8Array(await file.arrayBuffer()));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section
      class="module"
      data-over={over}
      aria-label="Module"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer?.files[0]);
      }}
    >
      <input
        ref={input}
        type="file"
        accept=".wasm,application/wasm"
        aria-label="WebAssembly module"
        hidden
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      <div class="spread">
        <span class="small">
          {module ? (
            <>
              <b>{module.name}</b>{" "}
              {module.bytes > 0 && <span class="muted">{formatBytes(module.bytes)}</span>}
            </>
          ) : (
            <span class="muted">Drop a .wasm file here, choose one, or pick an example.</span>
          )}
        </span>
        <Button size="small" icon="upload" busy={busy} onClick={() => input.current?.click()}>
          {module ? "Choose another" : "Choose a file"}
        </Button>
      </div>
      {fault !== undefined && !module && <p class="field__error">{fault}</p>}
      {error !== undefined && <ErrorNote error={error} />}
      {module && <ModuleOutside module={module} />}
    </section>
  );
}

function ModuleOutside({ module }: { readonly module: ModuleDraft }) {
  const text = useResource(`module ${module.cid}`, (signal) => outsideOf(module.cid, signal), {
    fresh: true,
  });
  if (text.error !== undefined) return <ErrorNote error={text.error} onRetry={text.reload} />;
  if (text.data === undefined) return <Skeleton width="50%" />;
  return <CodeBlock label="What the module imports and exports" text={text.data} framed />;
}

async function outsideOf(cid: string, signal: AbortSignal): Promise<string> {
  const module = await WebAssembly.compile(await client.modules.get(cid, { signal }));
  const face = moduleText({
    imports: WebAssembly.Module.imports(module),
    exports: WebAssembly.Module.exports(module),
  });
  return `;; ${cid}\n${face}`;
}
