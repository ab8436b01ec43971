import { render } from "preact";
import iconUrl from "../shared/icon.svg";
import "../shared/tokens.css";
import "../shared/base.css";
import "./volunteer.css";
import { browserFeatures } from "./browser-features.ts";
import { missingFeatures } from "./features.ts";
import { Session } from "./session.ts";
import type { Machine } from "./settings.ts";
import { App } from "./views/app.tsx";

const session = new Session(machineOf(navigator));
const root = document.getElementById("app");
if (root) {
  render(<App session={session} missing={missingFeatures(browserFeatures())} iconUrl={iconUrl} />, root);
  session.begin();
}

/** Browsers that guard against fingerprints say less, or nothing, of the memory. */
function machineOf(browser: Navigator): Machine {
  const memoryGb: unknown = "deviceMemory" in browser ? browser.deviceMemory : undefined;
  return {
    cores: Math.max(1, browser.hardwareConcurrency || 1),
    memoryMb: typeof memoryGb === "number" ? memoryGb * 1024 : undefined,
  };
}
