/** The thread of a volunteer's tab that never sleeps: it holds the connection, hands out the work and counts what was done. */
import { systemClock } from "../../../src/stdx/clock.ts";
import type { Log } from "../../../src/stdx/log.ts";
import { httpModules } from "../../../src/worker/modules.ts";
import { browserFeatures } from "../browser-features.ts";
import { TotalsStore } from "../totals-store.ts";
import { openTabCells } from "./cells.ts";
import { Engine } from "./engine.ts";
import { FrameDesk } from "./frame-desk.ts";
import type { EngineCommand, EngineReport } from "./messages.ts";
import { stayAwake } from "./stay-awake.ts";
import { webSocketLink } from "./web-socket-link.ts";

/** What is shown at the orchestrator's door. */
let token: string | undefined;
const report = (message: EngineReport) => postMessage(message);
const frames = new FrameDesk(() => report({ type: "frame-wanted" }));
const log: Log = {
  debug() {},
  info() {},
  warn: (_facts, line) => console.warn(line),
  error: (facts, line) => console.error(line, facts),
};

async function start(): Promise<Engine> {
  const features = browserFeatures();
  const home = new URL(location.origin);
  const door = new URL("/ws/volunteer", home);
  door.protocol = home.protocol.replace("http", "ws");
  let engine: Engine | undefined;
  const cells = await openTabCells({
    openFrame: () => frames.open(),
    changed: () => engine?.changed(),
    clock: systemClock,
    log,
  });
  const totals = new TotalsStore(() => engine?.totalsChanged());
  engine = new Engine({
    connect: webSocketLink(door, systemClock, () => token),
    cells: cells.host,
    modules: httpModules(home),
    clock: systemClock,
    log,
    totals,
    agent: "zerverless-tab",
    capabilities: {
      js: true,
      lua: features.webAssembly,
      python: features.webAssembly,
      // Modules are checked against their names by Web Crypto.
      wasm: features.webAssembly && features.secureContext,
      db: cells.host.hostCalls,
    },
    pythonLoad: () => cells.pythonLoad(),
    working: stayAwake,
    report,
  });
  return engine;
}

const started = start();
started.catch((error: unknown) => {
  report({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
});

addEventListener("message", ({ data }: MessageEvent<EngineCommand>) => {
  if (data.type === "frame") frames.opened(data.port);
  else if (data.type === "no-frame") frames.failed(data.reason);
  else
    void started.then(
      (engine) => obey(engine, data),
      () => {},
    );
});

function obey(engine: Engine, command: Exclude<EngineCommand, { type: "frame" | "no-frame" }>): void {
  if (command.type === "work") {
    token = command.settings.token;
    engine.work(command.settings);
  } else if (command.type === "rest") void engine.rest(command.withinMs);
  else engine.reconnect();
}
