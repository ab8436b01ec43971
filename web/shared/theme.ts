import { effect, signal } from "@preact/signals";

export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];

const storageKey = "zerverless.theme";

function storedChoice(): ThemeChoice {
  const stored = readStored(storageKey);
  return themeChoices.find((choice) => choice === stored) ?? "system";
}

/** What the visitor chose; kept for the next visit. */
export const themeChoice = signal<ThemeChoice>(storedChoice());

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener("change", (event) => {
  systemIsDark.value = event.matches;
});

/** Whether the page is dark now, for what CSS can't colour by itself, such as charts. */
export function isDark(): boolean {
  return themeChoice.value === "system" ? systemIsDark.value : themeChoice.value === "dark";
}

effect(() => {
  const choice = themeChoice.value;
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  writeStored(storageKey, choice === "system" ? undefined : choice);
});

/** Storage can be closed to a page; it then forgets, and works otherwise. */
export function readStored(key: string, storage: () => Storage = () => localStorage): string | undefined {
  try {
    return storage().getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value, or forgets it when it is undefined. */
export function writeStored(
  key: string,
  value: string | undefined,
  storage: () => Storage = () => localStorage,
): void {
  try {
    if (value === undefined) storage().removeItem(key);
    else storage().setItem(key, value);
  } catch {
    // Full or closed: what it would have kept is a convenience.
  }
}
