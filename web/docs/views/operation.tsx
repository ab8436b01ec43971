import { useState } from "preact/hooks";
import { Card } from "../../shared/card.tsx";
import { CodeBlock, CopyButton } from "../../shared/code-block.tsx";
import { Select } from "../../shared/field.tsx";
import type { Content, Operation, Parameter, Schemas } from "../description.ts";
import { curlOf, type NamedSample, samplesOf } from "../sample.ts";
import { AnswerCards } from "./answers.tsx";
import { MediaTrees } from "./media-trees.tsx";
import { MethodTag, Path } from "./method-tag.tsx";
import { Says } from "./says.tsx";
import { SchemaTree } from "./schema-tree.tsx";

export interface OperationViewProps {
  readonly operation: Operation;
  readonly schemas: Schemas;
  readonly withToken: boolean;
}

/** All there is to know of one operation. */
export function OperationView({ operation, schemas, withToken }: OperationViewProps) {
  const { method, path, summary, description = "", parameters = [], requestBody, responses } = operation;
  return (
    <article class="operation">
      <header class="operation__head">
        <p class="faint small">{operation.tags[0]}</p>
        <h1>{summary}</h1>
        <p class="operation__address mono">
          <MethodTag method={method} /> <Path path={path} />
          <CopyButton text={path} />
        </p>
        {description !== "" && (
          <div class="operation__says">
            <Says text={description} />
          </div>
        )}
      </header>
      <Request operation={operation} schemas={schemas} withToken={withToken} />
      {parameters.length > 0 && <Parameters parameters={parameters} schemas={schemas} />}
      {requestBody && <Body content={requestBody.content} says={requestBody.description} schemas={schemas} />}
      <AnswerCards answers={responses} schemas={schemas} />
    </article>
  );
}

/** The request as a command, for each example of its body. */
function Request({ operation, schemas, withToken }: OperationViewProps) {
  const samples: readonly NamedSample[] = Object.values(operation.requestBody?.content ?? {}).flatMap(
    (media) => samplesOf(media, schemas),
  );
  const [chosen, setChosen] = useState("");
  const sample = samples.find(({ name }) => name === chosen) ?? samples[0];
  const text = curlOf(operation, { origin: location.origin, body: sample?.value, withToken });
  return (
    <Card
      title="Request"
      flush
      {...(samples.length > 1 && {
        actions: (
          <Select
            label="Example"
            labelHidden
            value={sample?.name ?? ""}
            options={samples.map(({ name }) => ({ value: name, label: name }))}
            onChange={setChosen}
          />
        ),
      })}
    >
      <CodeBlock label="Request as a curl command" text={text} />
    </Card>
  );
}

const places = { path: "In the path", query: "In the query", header: "Headers" } as const;

function Parameters({
  parameters,
  schemas,
}: {
  readonly parameters: readonly Parameter[];
  readonly schemas: Schemas;
}) {
  return (
    <Card title="Parameters">
      {(["path", "query", "header"] as const).map((place) => {
        const here = parameters.filter((parameter) => parameter.in === place);
        if (here.length === 0) return null;
        const properties = Object.fromEntries(
          here.map(({ name, schema = {}, description }) => [
            name,
            { ...schema, ...(description !== undefined && { description }) },
          ]),
        );
        const required = here.filter((parameter) => parameter.required).map(({ name }) => name);
        return (
          <section key={place} class="parameters" aria-label={places[place]}>
            <h3>{places[place]}</h3>
            <SchemaTree schema={{ type: "object", properties, required }} schemas={schemas} rootless />
          </section>
        );
      })}
    </Card>
  );
}

interface BodyProps {
  readonly content: Content;
  readonly says: string | undefined;
  readonly schemas: Schemas;
}

function Body({ content, says, schemas }: BodyProps) {
  return (
    <Card title="Body">
      {says !== undefined && <p>{says}</p>}
      <MediaTrees content={content} schemas={schemas} />
    </Card>
  );
}
