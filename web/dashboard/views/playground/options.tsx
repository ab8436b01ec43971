import { limits } from "../../../../src/protocol/limits.ts";
import { Input } from "../../../shared/field.tsx";
import type { Faults } from "./form.ts";
import { change, draft } from "./store.ts";

/** Where and within which limits it runs. */
export function Options({ faults }: { readonly faults: Faults }) {
  const { mode, namespace, path, timeoutSeconds, memoryMb } = draft.value;
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
    </div>
  );
}
