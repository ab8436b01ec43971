/** When Python, which is large, may be loaded. */
const pythonChoices = ["when-needed", "ready", "never"] as const;
export type PythonChoice = (typeof pythonChoices)[number];

export const memoryChoicesMb = [128, 256, 512, 1024, 2048] as const;
export const shareMin = 10;
export const shareMax = 100;
export const shareStep = 5;

/** What a visitor chose, kept for the next visit. */
export interface Settings {
  /** How many pieces of work may run at once. */
  readonly cores: number;
  /** How much of each core's time, in percent. */
  readonly sharePercent: number;
  /** What one piece of work may use. */
  readonly memoryMb: number;
  readonly python: PythonChoice;
  readonly onBattery: boolean;
  /** Begin when the page is opened. */
  readonly startByItself: boolean;
  /** Keep the screen on while the page is in view and works. */
  readonly keepAwake: boolean;
}

/** What the machine has, as far as the browser tells. */
export interface Machine {
  readonly cores: number;
  /** Undefined where the browser keeps it to itself. */
  readonly memoryMb: number | undefined;
}

/** Half of the cores, three quarters of their time: noticed by the work, not by the visitor. */
export function defaultSettings({ cores, memoryMb }: Machine): Settings {
  return {
    cores: Math.max(1, Math.floor(cores / 2)),
    sharePercent: 75,
    memoryMb: memoryMb !== undefined && memoryMb <= 2048 ? 256 : 512,
    python: "when-needed",
    onBattery: false,
    startByItself: false,
    keepAwake: true,
  };
}

/** The settings in what was kept, each on its own: one that makes no sense, or no longer fits, is its default. */
export function readSettings(kept: string | undefined, machine: Machine): Settings {
  const defaults = defaultSettings(machine);
  const parsed = parseRecord(kept);
  const flag = (name: "onBattery" | "startByItself" | "keepAwake") => {
    const value = parsed[name];
    return typeof value === "boolean" ? value : defaults[name];
  };
  return {
    cores: wholeWithin(parsed.cores, 1, machine.cores) ?? defaults.cores,
    sharePercent: wholeWithin(parsed.sharePercent, shareMin, shareMax) ?? defaults.sharePercent,
    memoryMb: memoryChoicesMb.find((choice) => choice === parsed.memoryMb) ?? defaults.memoryMb,
    python: pythonChoices.find((choice) => choice === parsed.python) ?? defaults.python,
    onBattery: flag("onBattery"),
    startByItself: flag("startByItself"),
    keepAwake: flag("keepAwake"),
  };
}

function wholeWithin(value: unknown, least: number, most: number): number | undefined {
  if (typeof value !== "number" || !Number.isInteger(value)) return undefined;
  return Math.min(most, Math.max(least, value));
}

function parseRecord(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text ?? "");
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
