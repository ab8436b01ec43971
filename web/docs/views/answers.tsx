import { Badge, type Tone } from "../../shared/badge.tsx";
import { Card } from "../../shared/card.tsx";
import type { Answer, Schemas } from "../description.ts";
import { MediaTrees } from "./media-trees.tsx";
import { Says, Words } from "./says.tsx";

/** `code`: what it means. */
const codeLine = /^`(\w+)`: (.*)$/;

interface Told {
  readonly text: string;
  readonly codes: readonly (readonly [code: string, means: string])[];
}

/** An answer's description, apart from the error codes that it lists. */
function tellOf({ description }: Answer): Told {
  const lines = description.split(/\n{2,}/);
  const codes = lines.flatMap((line) => {
    const [, code, means] = codeLine.exec(line) ?? [];
    return code !== undefined && means !== undefined ? [[code, means] as const] : [];
  });
  return { text: lines.filter((line) => !codeLine.test(line)).join("\n\n"), codes };
}

function toneOf(status: string): Tone {
  if (status.startsWith("2")) return "good";
  if (status.startsWith("4")) return "warn";
  return status.startsWith("5") ? "bad" : "neutral";
}

interface AnswerProps {
  readonly answers: Readonly<Record<string, Answer>>;
  readonly schemas: Schemas;
}

/** What comes back: first what was hoped for, then every refusal by its status. */
export function AnswerCards({ answers, schemas }: AnswerProps) {
  const all = Object.entries(answers).map(([status, answer]) => ({ status, answer, told: tellOf(answer) }));
  const wanted = all.filter(({ status }) => status < "400");
  const refusals = all.filter(({ status }) => status >= "400");
  return (
    <>
      {wanted.map(({ status, answer, told }) => (
        <Card key={status} title={`Answer ${status}`} actions={<StatusBadge status={status} />}>
          <Says text={told.text} />
          <Headers answer={answer} />
          {answer.content && <MediaTrees content={answer.content} schemas={schemas} />}
        </Card>
      ))}
      {refusals.length > 0 && (
        <Card title="Errors">
          <p class="muted small">
            Answered as <code>{'{"error": "a sentence", "code": "…"}'}</code>.
          </p>
          {refusals.map(({ status, told }) => (
            <section key={status} class="refusals" aria-label={`Status ${status}`}>
              <StatusBadge status={status} />
              <div class="refusals__what">
                {told.text !== "" && <Says text={told.text} />}
                <dl class="codes">
                  {told.codes.map(([code, means]) => (
                    <div key={code}>
                      <dt>
                        <code>{code}</code>
                      </dt>
                      <dd>
                        <Words text={means} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </div>
            </section>
          ))}
        </Card>
      )}
    </>
  );
}

function StatusBadge({ status }: { readonly status: string }) {
  return <Badge tone={toneOf(status)}>{status}</Badge>;
}

function Headers({ answer: { headers = {} } }: { readonly answer: Answer }) {
  const entries = Object.entries(headers);
  if (entries.length === 0) return null;
  return (
    <dl class="codes">
      {entries.map(([name, { description = "" }]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <Words text={description} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
