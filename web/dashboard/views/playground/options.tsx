import { limits } from "../../../../src/protocol/limits.ts";
import { Input, Select, Textarea } from "../../../shared/field.tsx";
import { authWords, placementWords } from "../../components/function-words.ts";
import { authNames, placementNames } from "./draft.ts";
import type { Faults } from "./form.ts";
import { change, draft } from "./store.ts";

/** Where and within which limits it runs. */
export function Options({ faults }: { readonly faults: Faults }) {
  const { mode, namespace, path, timeoutSeconds, memoryMb, placement, auth, env } = draft.value;
  return (
    <div class="options">
      <Input
        label="Namespace"
        value={namespace}
        onInput={(value) => change({ namespace: value })}
        error={faults.namespace}
        mono
      />
      {mode === "function" && (
        <Input
          label="Path"
          hint={`It answers at /${namespace.trim()}/${path.trim().replace(/^\/+/, "")}`}
          value={path}
          onInput={(value) => change({ path: value })}
          error={faults.path}
          mono
        />
      )}
      <div class="options__pair">
        <Input
          label="Timeout in seconds"
          value={timeoutSeconds}
          onInput={(value) => change({ timeoutSeconds: value })}
          placeholder={mode === "job" ? "30" : "10"}
          error={faults.timeoutSeconds}
        />
        <Input
          label="Memory in MB"
          value={memoryMb}
          onInput={(value) => change({ memoryMb: value })}
          placeholder={`${limits.memoryMbDefault}`}
          error={faults.memoryMb}
        />
      </div>
      {mode === "function" && (
        <>
          <div class="options__pair">
            <Select
              label="Runs on"
              value={placement}
              options={placementNames.map((name) => ({ value: name, label: placementWords[name] }))}
              onChange={(chosen) => change({ placement: chosen })}
            />
            <Select
              label="Answers"
              value={auth}
              options={authNames.map((name) => ({ value: name, label: authWords[name] }))}
              onChange={(chosen) => change({ auth: chosen })}
            />
          </div>
          <Textarea
            label="Variables"
            hint="NAME=value, one on each line. Each deployment sets all of them, and their values are never shown again."
            rows={2}
            value={env}
            onInput={(value) => change({ env: value })}
            placeholder="API_KEY=secret"
            error={faults.env}
            mono
          />
        </>
      )}
    </div>
  );
}
