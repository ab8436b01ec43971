import { signal } from "@preact/signals";

/** The part of the Battery Status API that counts here. Not every browser has it: https://w3c.github.io/battery/ */
interface BatteryManager extends EventTarget {
  readonly charging: boolean;
}

function tellsBattery(browser: object): browser is { getBattery(): Promise<BatteryManager> } {
  return "getBattery" in browser && typeof browser.getBattery === "function";
}

/** Whether the device is plugged in; undefined until the browser tells, and for ever where it does not. */
export const battery = signal<{ readonly charging: boolean } | undefined>(undefined);

/** Watches the battery from now on. */
export async function watchBattery(): Promise<void> {
  const manager = await batteryManager();
  if (!manager) return;
  const tell = () => {
    battery.value = { charging: manager.charging };
  };
  manager.addEventListener("chargingchange", tell);
  tell();
}

async function batteryManager(): Promise<BatteryManager | undefined> {
  try {
    return tellsBattery(navigator) ? await navigator.getBattery() : undefined;
  } catch {
    // A policy forbids it.
    return undefined;
  }
}
