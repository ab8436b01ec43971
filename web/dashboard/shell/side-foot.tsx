import { Button, LinkButton } from "../../shared/button.tsx";
import { ThemePicker } from "../../shared/theme-picker.tsx";
import { connection } from "../data/live.ts";
import { signInWanted, signOut, token } from "../data/session.ts";

const connections = {
  connecting: { word: "Connecting", class: "connection--waiting" },
  live: { word: "Live", class: "connection--live" },
  lost: { word: "Connection lost, trying again", class: "connection--lost" },
  closed: { word: "No live updates", class: "connection--waiting" },
  paused: { word: "Paused", class: "connection--waiting" },
} as const;

/** Whether what the page shows is the present. */
export function Connection() {
  const { word, class: look } = connections[connection.value];
  return (
    <span class={`connection ${look}`} role="status">
      {word}
    </span>
  );
}

/** What belongs to the visitor rather than to a view: the connection, the token, the theme. */
export function SideFoot() {
  return (
    <div class="side-foot">
      <Connection />
      {token.value !== undefined ? (
        <Button size="small" kind="quiet" icon="key" onClick={signOut}>
          Sign out
        </Button>
      ) : (
        signInWanted.value && <span class="small muted">A token is asked for.</span>
      )}
      <LinkButton size="small" kind="quiet" icon="terminal" href="/docs/">
        API reference
      </LinkButton>
      <ThemePicker />
    </div>
  );
}
