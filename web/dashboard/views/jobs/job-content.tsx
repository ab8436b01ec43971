import type { JobDetail } from "../../../../src/client/index.ts";
import { languageNames } from "../../../shared/badge.tsx";
import { Card } from "../../../shared/card.tsx";
import { CodeBlock } from "../../../shared/code-block.tsx";
import { prettyJson } from "../../../shared/json-text.ts";

/** What the job returned: text as text, anything else as JSON. */
export function JobResult({ job }: { readonly job: JobDetail }) {
  const { result } = job;
  const text = typeof result === "string" ? result : prettyJson(result);
  return (
    <Card title="Result" flush>
      <CodeBlock label="Result" text={text} wrap={typeof result === "string"} />
    </Card>
  );
}

/** What was submitted. */
export function JobCode({ job }: { readonly job: JobDetail }) {
  return (
    <>
      {job.code === null ? (
        <Card title="Module">
          <p class="small">
            A WebAssembly module, stored as{" "}
            <a href={`/ipfs/${job.wasm_cid}`} download={`${job.wasm_cid}.wasm`} class="mono">
              {job.wasm_cid}
            </a>
          </p>
        </Card>
      ) : (
        <Card title={`Code in ${languageNames[job.job_type]}`} flush>
          <CodeBlock label="Code" text={job.code} />
        </Card>
      )}
      <Card title="Input" flush>
        {job.input_data === null ? (
          <p class="job__text muted">It was given none.</p>
        ) : (
          <CodeBlock label="Input" text={prettyJson(job.input_data)} wrap />
        )}
      </Card>
    </>
  );
}
