import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { DeploymentDetail, FunctionLogLevel, LogLineView } from "../../../../src/protocol/functions.ts";
import { plural } from "../../../../src/stdx/format.ts";
import { Button } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { ErrorNote } from "../../../shared/error-note.tsx";
import { Input } from "../../../shared/field.tsx";
import { LogPane } from "../../../shared/log-pane.tsx";
import { Segments } from "../../../shared/tabs.tsx";
import { client } from "../../data/session.ts";
import { useStream } from "../../data/stream.ts";
import { queryValue, updateQuery } from "../../router/router.ts";
import { entryOf } from "./log-entry.ts";
import { LogTail } from "./log-tail.ts";

const linesMax = 2000;
/** How much of the past comes with the present. */
const pastLines = 300;
const pauseMs = 300;

const levels = [
  { key: "all", label: "All" },
  { key: "call", label: "Calls" },
  { key: "info", label: "Output" },
  { key: "error", label: "Errors" },
] as const satisfies readonly { readonly key: FunctionLogLevel | "all"; readonly label: string }[];

/** A function's log as it goes on: `?tab=log&level=&q=`. */
export function FunctionLog({ deployment }: { readonly deployment: DeploymentDetail }) {
  const { user, path } = deployment;
  const chosen = levels.find(({ key }) => key === queryValue("level"))?.key ?? "all";
  const level = chosen === "all" ? undefined : chosen;
  const q = queryValue("q");
  const { tail, error, retry } = useTail(user, path, level, q);
  const paused = tail.paused.value;
  const held = tail.held.value.length;
  return (
    <Card
      flush
      title="Log"
      actions={
        <>
          <Button size="small" kind="quiet" onClick={() => tail.clear()}>
            Clear
          </Button>
          <Button
            size="small"
            icon={paused ? "play" : "pause"}
            onClick={() => (paused ? tail.resume() : tail.pause())}
          >
            {paused ? (held > 0 ? `Go on, ${plural(held, "new line")}` : "Go on") : "Pause"}
          </Button>
        </>
      }
    >
      <div class="list-bar list-bar--wide">
        <Segments
          label="Lines"
          segments={levels}
          selected={chosen}
          onSelect={(key) => updateQuery({ level: key === "all" ? undefined : key }, { replace: true })}
        />
        <TextFilter value={q ?? ""} />
      </div>
      {error !== undefined && (
        <div class="function__note">
          <ErrorNote error={error} onRetry={retry} />
        </div>
      )}
      <LogPane
        label={`Log of /${user}/${path}`}
        tall
        entries={tail.lines.value.map(({ number, line }) => ({ key: number, ...entryOf(line) }))}
        cut={tail.dropped.value > 0}
        empty={
          level === undefined && q === undefined
            ? "Nothing yet. Each call leaves a line here, and so does all that the function prints."
            : "No line of the log matches the filter yet."
        }
      />
    </Card>
  );
}

interface Tailing {
  readonly tail: LogTail<LogLineView>;
  readonly error: unknown;
  readonly retry: () => void;
}

function useTail(
  namespace: string,
  path: string,
  level: FunctionLogLevel | undefined,
  q: string | undefined,
): Tailing {
  const tail = useMemo(() => new LogTail<LogLineView>(linesMax), []);
  const [error, setError] = useState<unknown>();
  const [turn, setTurn] = useState(0);
  const waiting = useRef<LogLineView[]>([]);
  const frame = useRef(0);
  const flush = () => {
    frame.current = 0;
    tail.push(waiting.current.splice(0));
  };
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  useStream(
    `log ${namespace}/${path} ${level ?? ""} ${q ?? ""} ${turn}`,
    async (signal) => {
      setError(undefined);
      // What is read again would stand there twice.
      waiting.current = [];
      tail.clear();
      const filter = { limit: pastLines, level, q };
      for await (const event of client.functions.followLogs(namespace, path, filter, { signal })) {
        if (event.type !== "line") continue;
        waiting.current.push(event.line);
        // However many lines come at once, the page is drawn once for all of them.
        frame.current ||= requestAnimationFrame(flush);
      }
    },
    setError,
  );
  return { tail, error, retry: () => setTurn((now) => now + 1) };
}

function TextFilter({ value }: { readonly value: string }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => updateQuery({ q: text }, { replace: true }), pauseMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Input
      class="grow"
      label="Lines that contain"
      labelHidden
      type="search"
      value={text}
      onInput={setText}
      placeholder="Lines that contain…"
    />
  );
}
