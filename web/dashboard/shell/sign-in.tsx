import { useState } from "preact/hooks";
import { Button } from "../../shared/button.tsx";
import { Dialog } from "../../shared/dialog.tsx";
import { ErrorNote } from "../../shared/error-note.tsx";
import { Input } from "../../shared/field.tsx";
import { Switch } from "../../shared/slider.tsx";
import { signIn, signInWanted } from "../data/session.ts";

/** Asks for a token where the orchestrator wants one. */
export function SignIn() {
  const [candidate, setCandidate] = useState("");
  const [keep, setKeep] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  if (!signInWanted.value) return null;
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await signIn(candidate.trim(), keep ? "device" : "tab");
      setCandidate("");
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Sign in"
      topmost
      onClose={() => {
        signInWanted.value = false;
      }}
      onSubmit={() => void submit()}
      foot={
        <Button type="submit" kind="primary" busy={busy} disabled={candidate.trim() === ""}>
          Sign in
        </Button>
      }
    >
      <p class="muted">
        This orchestrator answers those who have a token. Whoever runs it makes one with{" "}
        <code>zerverless token create</code>.
      </p>
      <Input
        label="Token"
        type="password"
        value={candidate}
        onInput={setCandidate}
        autocomplete="off"
        placeholder="zv_…"
        autofocus
        mono
      />
      <Switch
        label="Keep me signed in on this device"
        hint="Otherwise the token is forgotten when this tab closes."
        checked={keep}
        onChange={setKeep}
      />
      {error !== undefined && <ErrorNote error={error} />}
    </Dialog>
  );
}
