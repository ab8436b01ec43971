import { useState } from "preact/hooks";
import { languageNames } from "../../../shared/badge.tsx";
import { sentenceOf } from "../../../shared/error-note.tsx";
import { Select } from "../../../shared/field.tsx";
import { Segments } from "../../../shared/tabs.tsx";
import { toast } from "../../../shared/toast.tsx";
import { playgroundLanguages } from "./draft.ts";
import { type Example, examples } from "./examples.ts";
import { change, draft, pickedExample, takeExample } from "./store.ts";

/** Which language, and which example. */
export function Toolbar() {
  const { language } = draft.value;
  const [busy, setBusy] = useState(false);
  const pick = async (example: Example | undefined) => {
    if (!example) return;
    setBusy(true);
    try {
      await takeExample(example);
    } catch (error) {
      toast(sentenceOf(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  const options = [
    { value: "", label: "Examples" },
    ...examples.map(({ name, title, language: spoken, mode }) => ({
      value: name,
      label: `${title} · ${languageNames[spoken]}${mode === "function" ? " function" : ""}`,
    })),
  ];
  return (
    <div class="toolbar">
      <Segments
        label="Language"
        segments={playgroundLanguages.map((each) => ({ key: each, label: shortNames[each] }))}
        selected={language}
        onSelect={(chosen) => change({ language: chosen })}
      />
      <Select
        class="toolbar__examples"
        label="Example"
        labelHidden
        value={pickedExample.value}
        options={options}
        disabled={busy}
        onChange={(name) => void pick(examples.find((example) => example.name === name))}
      />
    </div>
  );
}

const shortNames = { ...languageNames, js: "JS · TS", wasm: "Wasm" } as const;
