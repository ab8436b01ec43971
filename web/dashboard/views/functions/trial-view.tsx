import { useState } from "preact/hooks";
import type { DeploymentDetail } from "../../../../src/protocol/functions.ts";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Input, Select, Textarea } from "../../../shared/field.tsx";
import {
  curlOf,
  emptyTrial,
  type Method,
  methods,
  readTrial,
  type TrialForm,
  takesBody,
} from "../../components/trial/trial.ts";
import { TrialAnswerView, TrialFacts } from "../../components/trial/trial-answer.tsx";
import { TrialNote } from "../../components/trial/trial-note.tsx";
import { useTrial } from "../../components/trial/use-trial.ts";
import { queryValue, updateQuery } from "../../router/router.ts";

/** Makes a request to the function and shows what comes: `?tab=try&method=&suffix=&query=`. */
export function Trial({ deployment }: { readonly deployment: DeploymentDetail }) {
  const target = `${deployment.user}/${deployment.path}`;
  const [form, setForm] = useState<TrialForm>(() => ({
    ...emptyTrial,
    method: methods.find((method) => method === queryValue("method")) ?? "GET",
    suffix: queryValue("suffix") ?? "",
    query: queryValue("query") ?? "",
  }));
  const { answer, error, running, elsewhere, send, stop } = useTrial(deployment);
  const reading = readTrial(target, form);
  const fault = (field: "headers" | "suffix") =>
    reading.kind === "fault" && reading.field === field ? reading.sentence : undefined;
  const change = (part: Partial<TrialForm>) => {
    const next = { ...form, ...part };
    setForm(next);
    const { method, suffix, query } = next;
    updateQuery({ method: method === "GET" ? undefined : method, suffix, query }, { replace: true });
  };
  return (
    <div class="trial">
      <Card title="Request">
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (reading.kind === "request" && !elsewhere) void send(reading.request);
          }}
        >
          <RequestFields target={target} form={form} fault={fault} onChange={change} />
          <TrialNote deployment={deployment} />
          <div class="row">
            <Button
              type="submit"
              kind="primary"
              icon="send"
              busy={running}
              disabled={reading.kind === "fault" || elsewhere !== undefined}
            >
              Send
            </Button>
            {running && <Button onClick={stop}>Stop</Button>}
            {reading.kind === "request" && (
              <CopyButton
                text={() => curlOf(new URL(deployment.url).origin, reading.request)}
                label="Copy as curl"
              />
            )}
          </div>
        </form>
      </Card>
      <Card title="Answer" actions={answer && <TrialFacts answer={answer} />}>
        <div aria-live="polite">
          {error !== undefined ? (
            <ErrorNote error={error} />
          ) : answer ? (
            <TrialAnswerView answer={answer} />
          ) : (
            <EmptyState icon="send" title={running ? "Waiting for the answer" : "Nothing sent yet"}>
              What the function answers is shown here: its status, headers and body.
            </EmptyState>
          )}
        </div>
      </Card>
    </div>
  );
}

interface RequestFieldsProps {
  /** The function's own path. */
  readonly target: string;
  readonly form: TrialForm;
  readonly fault: (field: "headers" | "suffix") => string | undefined;
  readonly onChange: (part: Partial<TrialForm>) => void;
}

function RequestFields({ target, form, fault, onChange }: RequestFieldsProps) {
  return (
    <>
      <div class="trial__target">
        <Select
          label="Method"
          value={form.method}
          options={methods.map((method) => ({ value: method, label: method }))}
          onChange={(method: Method) => onChange({ method })}
        />
        <Input
          label={`Path after /${target}`}
          value={form.suffix}
          onInput={(suffix) => onChange({ suffix })}
          placeholder="/users/7"
          error={fault("suffix")}
          mono
        />
      </div>
      <Input
        label="Query"
        value={form.query}
        onInput={(query) => onChange({ query })}
        placeholder="name=Ada&limit=10"
        mono
      />
      <Textarea
        label="Headers"
        rows={2}
        value={form.headers}
        onInput={(headers) => onChange({ headers })}
        placeholder="Content-Type: application/json"
        hint="One on each line."
        error={fault("headers")}
        mono
      />
      {takesBody(form.method) && (
        <Textarea
          label="Body"
          rows={5}
          value={form.body}
          onInput={(body) => onChange({ body })}
          placeholder={'{"any": "text"}'}
          mono
        />
      )}
    </>
  );
}
