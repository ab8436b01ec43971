import { Button } from "../../../shared/button.tsx";
import { Note } from "../../../shared/error-note.tsx";
import { LazyDiff } from "../../components/diff/lazy-diff.tsx";
import type { Entry } from "./entry.ts";
import { formatJson } from "./json-format.ts";

export interface ConflictProps {
  readonly keyName: string;
  /** As it is in the editor. */
  readonly mine: string;
  /** What is stored now; undefined when it was deleted. */
  readonly theirs: Entry | undefined;
  readonly busy: boolean;
  readonly onOverwrite: () => void;
  readonly onTake: () => void;
}

/** Somebody else was faster: both values, and the choice between them. */
export function Conflict({ keyName, mine, theirs, busy, onOverwrite, onTake }: ConflictProps) {
  return (
    <section class="stack-tight" aria-label="Conflict">
      <Note tone="warn">
        {theirs
          ? `While you were editing, somebody else changed ${keyName} to version ${theirs.version}. Nothing of yours was saved yet.`
          : `While you were editing, somebody else deleted ${keyName}. Nothing of yours was saved yet.`}
      </Note>
      {theirs && (
        <div class="conflict__diff">
          <p class="conflict__head small muted">
            <span>− what is stored now</span>
            <span>+ what you wrote</span>
          </p>
          <LazyDiff
            label="The stored value compared with yours"
            before={formatJson(theirs.json)}
            after={mine}
            look="unified"
          />
        </div>
      )}
      <div class="row">
        <Button kind="danger" busy={busy} onClick={onOverwrite}>
          {theirs ? "Overwrite it with mine" : "Create it again with mine"}
        </Button>
        <Button disabled={busy} onClick={onTake}>
          {theirs ? "Drop mine, and edit theirs" : "Drop mine"}
        </Button>
      </div>
    </section>
  );
}
