import { plural } from "../../../src/stdx/format.ts";
import { Card } from "../../shared/card.tsx";
import { Select } from "../../shared/field.tsx";
import { Slider, Switch } from "../../shared/slider.tsx";
import { battery } from "../battery.ts";
import type { Session } from "../session.ts";
import { memoryChoicesMb, type PythonChoice, shareMax, shareMin, shareStep } from "../settings.ts";

const pythonOptions: readonly { value: PythonChoice; label: string }[] = [
  { value: "when-needed", label: "Load it when Python work comes" },
  { value: "ready", label: "Load it now and keep it ready" },
  { value: "never", label: "Never: leave Python work to others" },
];

const memoryOptions = memoryChoicesMb.map((memoryMb) => ({
  value: `${memoryMb}`,
  label: memoryMb < 1024 ? `${memoryMb} MB` : `${memoryMb / 1024} GB`,
}));

/** How much is given. Every change holds at once and is kept for the next visit. */
export function SettingsCard({ session }: { readonly session: Session }) {
  const { cores, sharePercent, memoryMb, python } = session.settings.value;
  return (
    <Card title="How much you give" class="settings">
      <div class="stack">
        <Slider
          label="Cores"
          hint={`This device has ${session.machine.cores}. Each core runs one job at a time.`}
          value={cores}
          min={1}
          max={session.machine.cores}
          format={(value) => plural(value, "core")}
          onInput={(value) => session.change({ cores: value })}
        />
        <Slider
          label="Share of each core"
          hint="Between jobs a core rests until it keeps to this share of the time."
          value={sharePercent}
          min={shareMin}
          max={shareMax}
          step={shareStep}
          format={(value) => `${value}%`}
          onInput={(value) => session.change({ sharePercent: value })}
        />
        <Select
          label="Memory for one job"
          hint="What needs more goes to others; what uses more is stopped."
          value={`${memoryMb}`}
          options={memoryOptions}
          onChange={(value) => session.change({ memoryMb: Number(value) })}
        />
        <Select
          label="Python"
          hint="About 15 MB to download, once; the browser keeps it."
          value={python}
          options={pythonOptions}
          onChange={(value) => session.change({ python: value })}
        />
        <Habits session={session} />
      </div>
    </Card>
  );
}

function Habits({ session }: { readonly session: Session }) {
  const { onBattery, startByItself, keepAwake } = session.settings.value;
  return (
    <div class="stack settings__habits">
      <Switch
        label="Work on battery too"
        hint={batteryHint()}
        checked={onBattery}
        onChange={(checked) => session.change({ onBattery: checked })}
      />
      <Switch
        label="Start by itself"
        hint="When this page is opened, without pressing the button."
        checked={startByItself}
        onChange={(checked) => session.change({ startByItself: checked })}
      />
      <Switch
        label="Keep the screen on"
        hint="While it works and this page is in view, so that the device does not fall asleep."
        checked={keepAwake}
        onChange={(checked) => session.change({ keepAwake: checked })}
      />
    </div>
  );
}

function batteryHint(): string {
  if (!battery.value)
    return "This browser does not tell whether the device is plugged in, so it can’t pause by itself.";
  return battery.value.charging
    ? "Plugged in now. Otherwise it pauses when you unplug."
    : "On battery now. Otherwise it pauses until you plug in.";
}
