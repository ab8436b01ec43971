import { Button } from "../../shared/button.tsx";
import { Note } from "../../shared/error-note.tsx";
import type { MissingFeature } from "../features.ts";
import type { Session } from "../session.ts";
import { ControlPanel } from "./control-panel.tsx";
import { ByLanguage, GivenStats } from "./given.tsx";
import { Promises } from "./promises.tsx";
import { SettingsCard } from "./settings-card.tsx";
import { TopBar } from "./top-bar.tsx";
import { WorkChart } from "./work-chart.tsx";

export interface AppProps {
  readonly session: Session;
  readonly missing: readonly MissingFeature[];
  readonly iconUrl: string;
}

export function App({ session, missing, iconUrl }: AppProps) {
  const able = !missing.some(({ needed }) => needed);
  return (
    <>
      <a class="skip" href="#panel-title">
        Skip to the content
      </a>
      <TopBar iconUrl={iconUrl} />
      <main class="page">
        {missing.map(({ name, sentence, needed }) => (
          <Note key={name} tone={needed ? "bad" : "info"}>
            {sentence}
          </Note>
        ))}
        <ControlPanel session={session} able={able} />
        <GivenStats session={session} />
        <div class="page__two">
          <WorkChart session={session} />
          <ByLanguage session={session} />
        </div>
        <div class="page__two page__two--even">
          <SettingsCard session={session} />
          <Promises />
        </div>
      </main>
      <footer class="page__foot small muted">
        <p>
          The figures and settings on this page are kept in this browser and nowhere else.{" "}
          <Button kind="quiet" size="small" onClick={() => void session.forgetTotals()}>
            Forget the figures
          </Button>
        </p>
      </footer>
    </>
  );
}
