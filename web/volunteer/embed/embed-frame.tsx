import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { formatCount } from "../../../src/stdx/format.ts";
import { languageNames } from "../../shared/badge.tsx";
import { Button } from "../../shared/button.tsx";
import type { EngineSettings, EngineSnapshot } from "../engine/messages.ts";
import { EngineProcess } from "../engine-process.ts";
import { watchSight } from "./in-sight.ts";
import { embedStopped } from "./messages.ts";
import type { EmbedOptions } from "./options.ts";

const memoryMb = 256;
/** A site may scroll the frame away for a moment. */
const unseenMsMax = 3000;

/** What stands on somebody else's page once the visitor has agreed there: what runs, and a button to stop it. */
export function EmbedFrame({ options }: { readonly options: EmbedOptions }) {
  const whole = useRef<HTMLElement>(null);
  const engine = useRef<EngineProcess>(undefined);
  const snapshot = useSignal<EngineSnapshot | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const stopped = useSignal(false);
  useEffect(() => {
    if (!whole.current) return;
    let unseen: ReturnType<typeof setTimeout> | undefined;
    watchSight(whole.current, (inSight) => {
      clearTimeout(unseen);
      if (stopped.value) return;
      if (!inSight) {
        unseen = setTimeout(() => engine.current?.command({ type: "rest", withinMs: 0 }), unseenMsMax);
        return;
      }
      engine.current ??= start(snapshot, failure);
      engine.current.command({ type: "work", settings: settingsOf(options) });
    });
  }, []);
  const stop = () => {
    stopped.value = true;
    engine.current?.end();
    // Whose page it is does not matter: that it stopped is no secret.
    parent.postMessage(embedStopped, "*");
  };
  return (
    <main ref={whole} class="embed">
      <div class="embed__words">
        <h1>{stopped.value ? "Stopped" : `Lending ${muchOf(options)}`}</h1>
        <p class="muted small" role="status">
          {failure.value ?? (stopped.value ? "Nothing runs any more." : stateWords(snapshot.value))}
        </p>
        <p class="muted small numbers">{formatCount(snapshot.value?.piecesHere ?? 0)} done on this page</p>
      </div>
      {!stopped.value && (
        <Button icon="stop" onClick={stop}>
          Stop
        </Button>
      )}
    </main>
  );
}

function start(
  snapshot: Signal<EngineSnapshot | undefined>,
  failure: Signal<string | undefined>,
): EngineProcess {
  return new EngineProcess({
    report: (report) => {
      snapshot.value = report;
    },
    failed: (sentence) => {
      failure.value = sentence;
    },
  });
}

function settingsOf({ cores, sharePercent, namespaces }: EmbedOptions): EngineSettings {
  return {
    slots: Math.min(cores, Math.max(1, navigator.hardwareConcurrency || 1)),
    sharePercent,
    memoryMb,
    namespaces,
    token: undefined,
    python: false,
    pythonReady: false,
  };
}

function muchOf({ cores, sharePercent }: EmbedOptions): string {
  return `${sharePercent}% of ${cores === 1 ? "one core" : `${cores} cores`}`;
}

function stateWords(snapshot: EngineSnapshot | undefined): string {
  if (snapshot?.phase === "off") return "Rests until it can be seen";
  if (snapshot?.link.kind !== "connected") return `Connecting to ${location.host}…`;
  const work = snapshot.slots.find((slot) => slot.work)?.work;
  return work ? `${languageNames[work.language]} for ${work.namespace}` : "Waiting for work";
}
