import { Note } from "../../../shared/error-note.tsx";
import { hostElsewhere, type TriedFunction, tokenFor } from "./use-trial.ts";

/** What stands between the page and the function; nothing where nothing does. */
export function TrialNote({ deployment }: { readonly deployment: TriedFunction }) {
  const elsewhere = hostElsewhere(deployment);
  if (elsewhere !== undefined) {
    return (
      <Note>
        Functions answer at {elsewhere}, a host of their own that this page may not call. The same request can
        be made with a command.
      </Note>
    );
  }
  if (deployment.auth !== "token") return null;
  return (
    <Note>
      This function asks for a token.{" "}
      {tokenFor(deployment) === undefined
        ? "Sign in, or send it in a header: Authorization: Bearer zv_…"
        : "Yours is sent along, unless a header brings another; the function does not see it."}
    </Note>
  );
}
