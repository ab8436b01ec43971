import type { ComponentChildren } from "preact";
import { plural } from "../../../../src/stdx/format.ts";
import { LinkButton } from "../../../shared/button.tsx";
import { Card } from "../../../shared/card.tsx";
import { CodeBlock } from "../../../shared/code-block.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { hrefOf } from "../../router/router.ts";

export interface StartProps {
  readonly volunteers: number;
  readonly jobs: number;
}

/** The first two steps, for an orchestrator that is new. */
export function Start({ volunteers, jobs }: StartProps) {
  const door = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/volunteer`;
  return (
    <div class="start">
      <Card title="1. Somebody who computes">
        <div class="start__step">
          {volunteers > 0 ? (
            <Done>{plural(volunteers, "volunteer")} connected</Done>
          ) : (
            <>
              <p class="small muted">
                No volunteers yet. A browser's tab is enough; a worker on any machine runs code faster.
              </p>
              <LinkButton kind="primary" href="/volunteer/" target="_blank" icon="cpu">
                Volunteer with this browser
              </LinkButton>
              <CodeBlock
                label="The command that starts a worker"
                text={`./bin/zerverless --worker ${door}`}
                framed
                wrap
              />
            </>
          )}
        </div>
      </Card>
      <Card title="2. Something to compute">
        <div class="start__step">
          {jobs > 0 ? (
            <Done>{plural(jobs, "job")} submitted</Done>
          ) : (
            <>
              <p class="small muted">
                Submit your first job: pick one of the examples, change it, and watch it run. Jobs wait until
                somebody can run them.
              </p>
              <LinkButton kind="primary" href={hrefOf(["playground"])} icon="terminal">
                Open the playground
              </LinkButton>
            </>
          )}
        </div>
      </Card>
    </div>
  );
}

function Done({ children }: { readonly children: ComponentChildren }) {
  return (
    <span class="start__done">
      <Icon name="check" />
      {children}
    </span>
  );
}
