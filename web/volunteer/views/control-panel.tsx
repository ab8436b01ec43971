import { useSignal } from "@preact/signals";
import { Badge } from "../../shared/badge.tsx";
import { Button } from "../../shared/button.tsx";
import { Note } from "../../shared/error-note.tsx";
import { Input } from "../../shared/field.tsx";
import type { PythonLoad } from "../engine/messages.ts";
import type { Session } from "../session.ts";
import type { Status } from "../status.ts";
import { SlotTiles } from "./slot-tiles.tsx";

/** The one thing that the page is for: to start and to stop, and to see which of the two it is. */
export function ControlPanel({ session, able }: { readonly session: Session; readonly able: boolean }) {
  const status = session.status.value;
  return (
    <section class="panel" aria-labelledby="panel-title">
      <div class="panel__words">
        <Badge tone={status.tone} dot={status.live ? "live" : "full"}>
          {status.headline}
        </Badge>
        <h1 id="panel-title">Lend this browser’s spare time</h1>
        <p class="panel__lead">
          People send small programs to <b>{location.host}</b>. While this page is open, your device runs some
          of them, sealed off from you and from each other. Nothing is installed.
        </p>
        <Buttons session={session} able={able} />
        <p class="panel__detail" id="status-detail">
          {status.detail}
        </p>
        {session.closedDoor.value && status.tone === "warn" && <TokenForm session={session} />}
        <PythonProgress load={session.snapshot.value.python} />
        <Announcer status={status} />
      </div>
      <SlotTiles session={session} />
    </section>
  );
}

function Buttons({ session, able }: { readonly session: Session; readonly able: boolean }) {
  const plan = session.plan.value;
  const { phase } = session.snapshot.value;
  if (plan.kind === "off") {
    const ending = phase === "finishing";
    return (
      <div class="panel__buttons">
        <Button kind="primary" size="large" icon="play" disabled={!able} onClick={() => session.start()}>
          {ending ? "Go on" : "Start volunteering"}
        </Button>
        {ending && session.finishing.value && (
          <Button size="large" icon="stop" onClick={() => session.stop()}>
            Stop now
          </Button>
        )}
      </div>
    );
  }
  const paused = plan.kind === "pause" && plan.reason === "visitor";
  return (
    <div class="panel__buttons">
      <Button size="large" icon="stop" onClick={() => session.stop()}>
        Stop
      </Button>
      {paused ? (
        <Button kind="primary" size="large" icon="play" onClick={() => session.resume()}>
          Go on now
        </Button>
      ) : (
        <Button size="large" icon="pause" onClick={() => session.pauseForAnHour()}>
          Pause for an hour
        </Button>
      )}
      {plan.kind === "work" && (
        <Button size="large" icon="check" onClick={() => session.finish()}>
          Stop after this job
        </Button>
      )}
    </div>
  );
}

function TokenForm({ session }: { readonly session: Session }) {
  const text = useSignal("");
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.value.trim() !== "") session.token.value = text.value.trim();
      }}
    >
      <Input
        label="Token"
        type="password"
        hint="Kept until this tab is closed."
        value={text.value}
        onInput={(value) => {
          text.value = value;
        }}
      />
      <Button type="submit">Use it</Button>
    </form>
  );
}

/** Python is large: who waits for it is told how far it has come. */
function PythonProgress({ load }: { readonly load: PythonLoad }) {
  if (load.kind === "failed") {
    return (
      <Note tone="warn">
        Python could not be loaded: {load.reason} Other work goes on; the next Python job tries again.
      </Note>
    );
  }
  if (load.kind !== "loading") return null;
  const percent = Math.floor(load.part * 100);
  return (
    <label class="progress">
      <span>
        Loading Python <span class="numbers">{percent}%</span>
      </span>
      <progress value={percent} max={100} />
    </label>
  );
}

/** Tells a screen reader what a glance at the badge tells others; what changes often it leaves out. */
function Announcer({ status }: { readonly status: Status }) {
  return (
    <p class="visually-hidden" role="status" aria-live="polite">
      {status.headline}
    </p>
  );
}
