import { Card } from "../../shared/card.tsx";
import { Icon } from "../../shared/icon.tsx";

const cannot = [
  "See your files, this browser’s passwords, cookies or history, or other pages.",
  "Reach the internet or your home network: it has no network at all.",
  "See what other people’s code did here, or leave anything behind for the next.",
  "Go on when you stop: closing this tab ends everything at once.",
];
const can = [
  "Use the cores, time and memory set on this page, so the device may get warm.",
  "Read and write its owner’s own database on the orchestrator, through this page.",
  "Learn roughly how fast this device is, and which browser engine runs it.",
];

/** What donated code can and can't do, without embellishment. */
export function Promises() {
  return (
    <Card title="What the code can and can’t do" class="promises">
      <div class="stack">
        <div class="stack-tight">
          <h3>It can’t</h3>
          <ul class="promises__list promises__list--good">
            {cannot.map((text) => (
              <li key={text}>
                <Icon name="check" />
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </div>
        <div class="stack-tight">
          <h3>It can</h3>
          <ul class="promises__list">
            {can.map((text) => (
              <li key={text}>
                <Icon name="info" />
                <span>{text}</span>
              </li>
            ))}
          </ul>
        </div>
        <p class="small muted">
          All of it rests on the walls that your browser builds around a page without an origin, the same that
          keep websites apart. A hole in them would be a hole here too, so keep your browser up to date.
          Whoever runs <b>{location.host}</b> sees your network address, and chooses whose code is sent.
        </p>
      </div>
    </Card>
  );
}
