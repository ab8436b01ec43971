import { useState } from "preact/hooks";
import type { DeploymentView } from "../../../../src/client/index.ts";
import { Button, LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { Input, Select, Textarea } from "../../../shared/field.tsx";
import { emptyTrial, type Method, methods, readTrial, takesBody } from "../../components/trial/trial.ts";
import { TrialAnswerView, TrialFacts } from "../../components/trial/trial-answer.tsx";
import { TrialNote } from "../../components/trial/trial-note.tsx";
import { useTrial } from "../../components/trial/use-trial.ts";
import { hrefOf } from "../../router/router.ts";

/** The function that was deployed last, and a request to it. */
export function FunctionOutcome({ deployed }: { readonly deployed: DeploymentView | undefined }) {
  if (!deployed) {
    return (
      <Card title="Outcome" class="outcome">
        <EmptyState icon="send" title="Nothing is deployed yet">
          Once your function is deployed it answers at an address of its own, and you can call it from here.
        </EmptyState>
      </Card>
    );
  }
  const segments = ["functions", deployed.user, ...deployed.path.split("/")];
  return (
    <Card
      title="Outcome"
      class="outcome"
      actions={
        <LinkButton size="small" href={hrefOf(segments)}>
          Open the function
        </LinkButton>
      }
    >
      <div class="answer">
        <Note tone="good">
          Revision {deployed.revision} answers at{" "}
          <a href={deployed.url} target="_blank" rel="noopener">
            {deployed.url}
          </a>
        </Note>
        <Trial key={deployed.url} deployed={deployed} />
      </div>
    </Card>
  );
}

function Trial({ deployed }: { readonly deployed: DeploymentView }) {
  const [method, setMethod] = useState<Method>("GET");
  const [rest, setRest] = useState("?name=Ada");
  const [body, setBody] = useState("");
  const { answer, error, running, elsewhere, send } = useTrial(deployed);
  const [suffix = "", query = ""] = rest.split(/\?(.*)/s);
  const reading = readTrial(`${deployed.user}/${deployed.path}`, {
    ...emptyTrial,
    method,
    suffix,
    query,
    body,
  });
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        if (reading.kind === "request" && elsewhere === undefined) void send(reading.request);
      }}
    >
      <div class="answer__line">
        <Select
          label="Method"
          value={method}
          options={methods.map((each) => ({ value: each, label: each }))}
          onChange={setMethod}
        />
        <Input
          label="What follows the path"
          value={rest}
          onInput={setRest}
          error={reading.kind === "fault" ? reading.sentence : undefined}
          mono
        />
        <Button
          type="submit"
          icon="send"
          busy={running}
          disabled={reading.kind === "fault" || elsewhere !== undefined}
        >
          Send
        </Button>
      </div>
      {takesBody(method) && <Textarea label="Body" value={body} onInput={setBody} rows={3} mono />}
      <TrialNote deployment={deployed} />
      {error !== undefined && <ErrorNote error={error} />}
      {answer && (
        <>
          <div class="outcome__head" role="status">
            <TrialFacts answer={answer} />
          </div>
          <TrialAnswerView answer={answer} />
        </>
      )}
    </form>
  );
}
