import type { JobStatus } from "../../../../src/client/index.ts";
import { type Language, languages } from "../../../../src/protocol/languages.ts";
import { languageNames, statuses, statusWords } from "../../../shared/badge.tsx";
import { Button } from "../../../shared/button.tsx";
import { Select } from "../../../shared/field.tsx";
import { updateQuery } from "../../router/router.ts";
import { NamespaceInput } from "./namespace-input.tsx";

export interface JobFilters {
  readonly status: JobStatus | undefined;
  readonly language: Language | undefined;
  readonly namespace: string | undefined;
}

/** Reads the filters of an address; what is none is left out. */
export function readFilters(query: URLSearchParams): JobFilters {
  return {
    status: statuses.find((status) => status === query.get("status")),
    language: languages.find((language) => language === query.get("language")),
    namespace: query.get("namespace") || undefined,
  };
}

const statusOptions = [
  { value: "", label: "Every status" },
  ...statuses.map((status) => ({ value: status, label: statusWords[status] })),
];
const languageOptions = [
  { value: "", label: "Every language" },
  ...languages.map((language) => ({ value: language, label: languageNames[language] })),
];

/** Which jobs to list. The address keeps it; a new filter begins at the first page. */
export function Filters({ status, language, namespace }: JobFilters) {
  const filtered = status !== undefined || language !== undefined || namespace !== undefined;
  return (
    <search class="filters">
      <Select
        label="Status"
        labelHidden
        value={status ?? ""}
        options={statusOptions}
        onChange={(value) => updateQuery({ status: value, offset: undefined })}
      />
      <Select
        label="Language"
        labelHidden
        value={language ?? ""}
        options={languageOptions}
        onChange={(value) => updateQuery({ language: value, offset: undefined })}
      />
      <NamespaceInput
        value={namespace ?? ""}
        onSettle={(value) => updateQuery({ namespace: value, offset: undefined }, { replace: true })}
      />
      {filtered && (
        <Button
          kind="quiet"
          icon="close"
          onClick={() =>
            updateQuery({ status: undefined, language: undefined, namespace: undefined, offset: undefined })
          }
        >
          Clear
        </Button>
      )}
    </search>
  );
}
