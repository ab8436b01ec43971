import { useEffect, useState } from "preact/hooks";
import type { DeploymentView } from "../../../../src/client/index.ts";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { ErrorNote, sentenceOf } from "../../../shared/error-note.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { Segments } from "../../../shared/tabs.tsx";
import { toast } from "../../../shared/toast.tsx";
import { client } from "../../data/session.ts";
import { CodeEditor } from "../../editor/code-editor.tsx";
import { queryValue, updateQuery } from "../../router/router.ts";
import { Page } from "../../shell/page.tsx";
import { type Mode, modes, playgroundLanguages, withSource } from "./draft.ts";
import { examples } from "./examples.ts";
import { type Faults, readFunction, readJob } from "./form.ts";
import { FunctionOutcome } from "./function-outcome.tsx";
import { JobOutcome } from "./job-outcome.tsx";
import { ModulePanel } from "./module-panel.tsx";
import { Options } from "./options.tsx";
import "./playground.css";
import { change, draft, fillings, takeExample, takeFunction, takeJob } from "./store.ts";
import { Toolbar } from "./toolbar.tsx";

const editorHeight = "26rem";
const inputHeight = "8.5rem";

/** Code to try: as a job with its output, or as a function with an answer. */
export function Playground() {
  useAddress();
  const { mode, language, input } = draft.value;
  const { run, busy, faults, error, deployed } = useRun();
  const source = language === "wasm" ? "" : draft.value.sources[mode][language];
  return (
    <Page
      title="Playground"
      actions={
        <Segments<Mode>
          label="What to do with the code"
          segments={[
            { key: "job", label: "Run as a job", icon: "play" },
            { key: "function", label: "Deploy as a function", icon: "function" },
          ]}
          selected={mode}
          onSelect={(chosen) => change({ mode: chosen })}
        />
      }
    >
      <div class="playground">
        <div class="playground__main">
          <Card flush>
            <Toolbar />
            {language === "wasm" ? (
              <ModulePanel fault={faults.code} />
            ) : (
              <CodeEditor
                label="Code. Escape, then Tab, leaves the editor."
                value={source}
                document={`${mode} ${language} ${fillings.value}`}
                language={language}
                height={editorHeight}
                onChange={(code) => change(withSource(draft.peek(), language, code))}
                onRun={() => void run()}
              />
            )}
            {faults.code !== undefined && language !== "wasm" && <Fault text={faults.code} />}
          </Card>
          {mode === "job" && (
            <Card title="Input, as JSON" flush>
              <CodeEditor
                label="Input, as JSON. Escape, then Tab, leaves the editor."
                value={input}
                document={`input ${fillings.value}`}
                language="json"
                height={inputHeight}
                onChange={(text) => change({ input: text })}
                onRun={() => void run()}
              />
              {faults.input !== undefined && <Fault text={faults.input} />}
            </Card>
          )}
        </div>
        <div class="playground__side">
          <Card title={mode === "job" ? "Run" : "Deploy"}>
            <div class="stack">
              <Options faults={faults} />
              {error !== undefined && <ErrorNote error={error} />}
              <div class="playground__run">
                <Button
                  kind="primary"
                  icon={mode === "job" ? "play" : "upload"}
                  busy={busy}
                  onClick={() => void run()}
                >
                  {mode === "job" ? "Run" : "Deploy"}
                </Button>
                <span class="small muted">
                  or <kbd>Ctrl</kbd> <kbd>Enter</kbd> in an editor
                </span>
              </div>
            </div>
          </Card>
          {mode === "job" ? <JobOutcome id={queryValue("run")} /> : <FunctionOutcome deployed={deployed} />}
        </div>
      </div>
    </Page>
  );
}

function Fault({ text }: { readonly text: string }) {
  return (
    <p class="field__error playground__fault" role="alert">
      <Icon name="alert" />
      {text}
    </p>
  );
}

/** What the address asks for is put into the form once, and what the form does is kept in the address. */
function useAddress(): void {
  const { mode, language } = draft.value;
  useEffect(() => {
    const asked = {
      mode: modes.find((each) => each === queryValue("mode")),
      language: playgroundLanguages.find((each) => each === queryValue("language")),
    };
    if (asked.mode) change({ mode: asked.mode });
    if (asked.language) change({ language: asked.language });
    void takeAsked();
  }, []);
  useEffect(() => updateQuery({ mode, language }, { replace: true }), [mode, language]);
}

/** `?example=NAME`, `?job=ID` and `?function=NAMESPACE/PATH`; gone from the address afterwards, so that a reload keeps what was changed since. */
async function takeAsked(): Promise<void> {
  const example = examples.find(({ name }) => name === queryValue("example"));
  const job = queryValue("job");
  const [namespace = "", ...path] = (queryValue("function") ?? "").split("/");
  updateQuery({ example: undefined, job: undefined, function: undefined }, { replace: true });
  try {
    if (example) await takeExample(example);
    if (job !== undefined) takeJob(await client.jobs.get(job));
    if (path.length > 0) takeFunction(await client.functions.get(namespace, path.join("/")));
  } catch (error) {
    toast(sentenceOf(error), "bad");
  }
}

/** Runs or deploys what stands in the form. */
function useRun() {
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [error, setError] = useState<unknown>();
  const [deployed, setDeployed] = useState<DeploymentView>();
  const act = async () => {
    const job = draft.peek().mode === "job";
    const reading = job ? readJob(draft.peek()) : readFunction(draft.peek());
    setFaults(reading.ok ? {} : reading.faults);
    if (!reading.ok) return;
    if ("request" in reading.value) {
      const { namespace, path, request } = reading.value;
      setDeployed(await client.functions.deploy(namespace, path, request));
    } else {
      const { id } = await client.jobs.submit(reading.value);
      updateQuery({ run: id }, { replace: true });
    }
  };
  const run = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await act();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, faults, error, deployed };
}
