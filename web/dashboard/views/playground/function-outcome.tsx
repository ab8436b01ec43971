import { useState } from "preact/hooks";
import type { DeploymentView } from "../../../../src/client/index.ts";
import { formatMs } from "../../../../src/stdx/format.ts";
import { Badge } from "../../../shared/badge.tsx";
import { Button, LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CodeBlock } from "../../../shared/code-block.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { Input, Select, Textarea } from "../../../shared/field.tsx";
import { hrefOf } from "../../router/router.ts";

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly headers: string;
  readonly body: string;
}

const methods = ["GET", "POST", "PUT", "DELETE"] as const;

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
        <Trial key={deployed.url} path={deployed.url} />
      </div>
    </Card>
  );
}

/** @param path of the function on this orchestrator */
function Trial({ path }: { readonly path: string }) {
  const [method, setMethod] = useState<(typeof methods)[number]>("GET");
  const [rest, setRest] = useState("?name=Ada");
  const [body, setBody] = useState("");
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const [error, setError] = useState<unknown>();
  const send = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setAnswer(await call(path + rest, method, body));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="answer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="answer__line">
        <Select
          label="Method"
          value={method}
          options={methods.map((each) => ({ value: each, label: each }))}
          onChange={setMethod}
        />
        <Input label="What follows the path" value={rest} onInput={setRest} mono />
        <Button type="submit" icon="send" busy={busy}>
          Send
        </Button>
      </div>
      {method !== "GET" && <Textarea label="Body" value={body} onInput={setBody} rows={3} mono />}
      {error !== undefined && <ErrorNote error={error} />}
      {answer && (
        <>
          <div class="outcome__head" role="status">
            <Badge tone={answer.status < 400 ? "good" : "bad"}>{answer.status}</Badge>
            <span class="small muted numbers">in {formatMs(answer.ms)}</span>
          </div>
          <CodeBlock label="The answer's body" text={answer.body} framed wrap />
          <CodeBlock label="The answer's headers" text={answer.headers} framed wrap copy={false} />
        </>
      )}
    </form>
  );
}

/** Calls a function as anybody would: its code is not to see the visitor's token. */
async function call(target: string, method: string, body: string): Promise<Answer> {
  const since = performance.now();
  const response = await fetch(target, {
    method,
    credentials: "omit",
    ...(method !== "GET" && body !== "" && { body }),
  }).catch(() => {
    throw new Error("No answer came. The connection to the orchestrator may be down.");
  });
  const text = await response.text();
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  return { status: response.status, ms: performance.now() - since, headers, body: text };
}
