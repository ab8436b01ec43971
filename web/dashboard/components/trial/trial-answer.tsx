import { useEffect, useState } from "preact/hooks";
import { formatBytes, formatMs, plural } from "../../../../src/stdx/format.ts";
import { Badge, type Tone } from "../../../shared/badge.tsx";
import { CodeBlock } from "../../../shared/code-block.tsx";
import "./trial.css";
import type { TrialAnswer } from "./trial-run.ts";

/** How it went, in a line. */
export function TrialFacts({ answer }: { readonly answer: TrialAnswer }) {
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

/** What came. */
export function TrialAnswerView({ answer }: { readonly answer: TrialAnswer }) {
  return (
    <div class="stack">
      <AnswerBody answer={answer} />
      <details class="trial-headers">
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
  return url === undefined ? null : <img class="trial-picture" src={url} alt="What the function answered" />;
}

/** JSON with a line for each member, anything else as it came. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
