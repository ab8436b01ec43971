import { useState } from "preact/hooks";
import { hasEnded, type JobDetail } from "../../../../src/client/index.ts";
import { Button, LinkButton } from "../../../shared/button.tsx";
import { CopyButton } from "../../../shared/code-block.tsx";
import { ConfirmDialog } from "../../../shared/dialog.tsx";
import { sentenceOf } from "../../../shared/error-note.tsx";
import { toast } from "../../../shared/toast.tsx";
import { curlOf, submissionOf } from "../../data/job-again.ts";
import { client, token } from "../../data/session.ts";
import { hrefOf, navigate } from "../../router/router.ts";

/** What can be done with a job. */
export function JobActions({ job }: { readonly job: JobDetail }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const submission = submissionOf(job);
  const runAgain = async () => {
    setBusy(true);
    try {
      const next = await client.jobs.rerun(job.id);
      navigate(hrefOf(["jobs", next.id]));
    } catch (error) {
      toast(sentenceOf(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      {!hasEnded(job) && (
        <Button icon="stop" onClick={() => setAsking(true)}>
          Cancel
        </Button>
      )}
      {submission && (
        <>
          <CopyButton
            label="Copy as curl"
            text={() => curlOf(location.origin, submission, token.peek() !== undefined)}
          />
          <LinkButton icon="edit" href={hrefOf(["playground"], { job: job.id })}>
            Edit
          </LinkButton>
        </>
      )}
      <Button icon="refresh" kind="primary" busy={busy} onClick={() => void runAgain()}>
        Run again
      </Button>
      {asking && (
        <ConfirmDialog
          title="Cancel this job?"
          confirm="Cancel the job"
          danger
          onConfirm={() => client.jobs.cancel(job.id)}
          onClose={() => setAsking(false)}
        >
          It stops at once wherever it runs, and what it has computed is lost. It can be run again as another
          job.
        </ConfirmDialog>
      )}
    </>
  );
}
