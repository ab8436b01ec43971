import { useEffect, useRef, useState } from "preact/hooks";
import type { DeploymentView } from "../../../../src/client/index.ts";
import { token } from "../../data/session.ts";
import type { TrialRequest } from "./trial.ts";
import { runTrial, type TrialAnswer } from "./trial-run.ts";

export type TriedFunction = Pick<DeploymentView, "url" | "auth">;

/** The host on which a function answers when it is not the page's own: pages may not call it there. */
export function hostElsewhere({ url }: TriedFunction): string | undefined {
  const { origin, host } = new URL(url);
  return origin === location.origin ? undefined : host;
}

/** The visitor's token for functions that ask for one; the others are called as anybody would. */
export function tokenFor({ auth }: TriedFunction): string | undefined {
  return auth === "token" ? token.value : undefined;
}

/** One request to a function at a time, and what came of the last. */
export function useTrial(tried: TriedFunction) {
  const [answer, setAnswer] = useState<TrialAnswer>();
  const [error, setError] = useState<unknown>();
  const [running, setRunning] = useState(false);
  const controller = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const send = async (request: TrialRequest) => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    setRunning(true);
    setError(undefined);
    try {
      setAnswer(await runTrial(request, tokenFor(tried), mine.signal));
    } catch (thrown) {
      if (mine !== controller.current) return;
      setAnswer(undefined);
      setError(mine.signal.aborted ? "You stopped waiting. The function may have run to its end." : thrown);
    } finally {
      if (mine === controller.current) setRunning(false);
    }
  };
  return {
    answer,
    error,
    running,
    elsewhere: hostElsewhere(tried),
    send,
    stop: () => controller.current?.abort(),
  };
}
