import { useEffect, useRef, useState } from "preact/hooks";
import type { DeploymentDetail } from "../../../../src/protocol/functions.ts";
import { formatBytes, formatMs, plural } from "../../../../src/stdx/format.ts";
import { Badge, type Tone } from "../../../shared/badge.tsx";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CodeBlock, CopyButton } from "../../../shared/code-block.tsx";
import { EmptyState } from "../../../shared/empty-state.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { Input, Select, Textarea } from "../../../shared/field.tsx";
import { token } from "../../data/session.ts";
import { queryValue, updateQuery } from "../../router/router.ts";
import { curlOf, emptyTrial, type Method, methods, readTrial, type TrialForm, takesBody } from "./trial.ts";
import { runTrial, type TrialAnswer } from "./trial-run.ts";

/** Makes a request to the function and shows what comes: `?tab=try&method=&suffix=&query=`. */
export function Trial({ deployment }: { readonly deployment: DeploymentDetail }) {
  const target = `${deployment.user}/${deployment.path}`;
  const [form, setForm] = useState<TrialForm>(() => ({
    ...emptyTrial,
    method: methods.find((method) => method === queryValue("method")) ?? "GET",
    suffix: queryValue("suffix") ?? "",
    query: queryValue("query") ?? "",
  }));
  const elsewhere = new URL(deployment.url).origin !== location.origin ? new URL(deployment.url) : undefined;
  const asked = deployment.auth === "token" ? token.value : undefined;
  const { answer, error, running, send, stop } = useTrial(asked);
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
          <div class="trial__target">
            <Select
              label="Method"
              value={form.method}
              options={methods.map((method) => ({ value: method, label: method }))}
              onChange={(method: Method) => change({ method })}
            />
            <Input
              label={`Path after /${target}`}
              value={form.suffix}
              onInput={(suffix) => change({ suffix })}
              placeholder="/users/7"
              error={fault("suffix")}
              mono
            />
          </div>
          <Input
            label="Query"
            value={form.query}
            onInput={(query) => change({ query })}
            placeholder="name=Ada&limit=10"
            mono
          />
          <Textarea
            label="Headers"
            rows={2}
            value={form.headers}
            onInput={(headers) => change({ headers })}
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
              onInput={(body) => change({ body })}
              placeholder={'{"any": "text"}'}
              mono
            />
          )}
          {elsewhere && (
            <Note>
              Functions answer at {elsewhere.host}, a host of their own that this page may not call. The same
              request can be copied as a command.
            </Note>
          )}
          {deployment.auth === "token" && !elsewhere && (
            <Note>
              This function asks for a token.{" "}
              {asked === undefined
                ? "Add a header such as Authorization: Bearer zv_…"
                : "Yours is sent along, unless a header brings another; the function does not see it."}
            </Note>
          )}
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
      <Card title="Answer" actions={answer && <AnswerFacts answer={answer} />}>
        <div aria-live="polite">
          {error !== undefined ? (
            <ErrorNote error={error} />
          ) : answer ? (
            <Answer answer={answer} />
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

function useTrial(bearer: string | undefined) {
  const [answer, setAnswer] = useState<TrialAnswer>();
  const [error, setError] = useState<unknown>();
  const [running, setRunning] = useState(false);
  const controller = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const send = async (request: Parameters<typeof runTrial>[0]) => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    setRunning(true);
    setError(undefined);
    try {
      const came = await runTrial(request, bearer, mine.signal);
      setAnswer(came);
    } catch (thrown) {
      if (mine !== controller.current) return;
      setAnswer(undefined);
      setError(mine.signal.aborted ? "You stopped waiting. The function may have run to its end." : thrown);
    } finally {
      if (mine === controller.current) setRunning(false);
    }
  };
  return { answer, error, running, send, stop: () => controller.current?.abort() };
}

function AnswerFacts({ answer }: { readonly answer: TrialAnswer }) {
  return (
    <>
      <Badge tone={toneOf(answer.status)}>
        {answer.status} {answer.statusText}
      </Badge>
      <span class="small muted numbers">
        {formatMs(answer.ms)}, {formatBytes(answer.bytes)}
      </span>
    </>
  );
}

function toneOf(status: number): Tone {
  if (status >= 500) return "bad";
  if (status >= 400) return "warn";
  return status >= 300 ? "info" : "good";
}

function Answer({ answer }: { readonly answer: TrialAnswer }) {
  return (
    <div class="stack">
      <AnswerBody answer={answer} />
      <details class="trial__headers">
        <summary>{plural(answer.headers.length, "header")}</summary>
        <dl class="key-values">
          {answer.headers.map(([name, value]) => (
            <>
              <dt key={name} class="mono">
                {name}
              </dt>
              <dd class="mono">{value}</dd>
            </>
          ))}
        </dl>
      </details>
    </div>
  );
}

function AnswerBody({ answer: { body } }: { readonly answer: TrialAnswer }) {
  switch (body.kind) {
    case "none":
      return <p class="muted small">The answer has no body.</p>;
    case "text":
      return <CodeBlock label="Body of the answer" text={pretty(body.text)} wrap framed />;
    case "image":
      return <BlobPicture content={body.content} />;
    case "bytes":
      return <p class="muted small">The body is {formatBytes(body.content.size)} of what is no text.</p>;
  }
}

function BlobPicture({ content }: { readonly content: Blob }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(content);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content]);
  return url === undefined ? null : <img class="trial__picture" src={url} alt="What the function answered" />;
}

/** JSON with a line for each member, anything else as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
