import type { Edge } from "./imports.ts";

/** The rooms of src, lowest first. An arrow between two of the same layer stands in `sideways` or is forbidden. */
const layers = [
  ["stdx"],
  ["protocol"],
  ["sandbox/kernel"],
  ["jobs", "volunteers", "functions", "namespaces", "blocks", "access", "meters"],
  ["sandbox/hosts", "stores", "http", "hub", "telemetry"],
  ["worker", "orchestrator", "client", "cli"],
] as const;

type Room = (typeof layers)[number][number];

const sideways: ReadonlyMap<Room, readonly Room[]> = new Map([
  // The dispatcher hands jobs and calls of functions to volunteers; a wasm job needs its module.
  ["jobs", ["volunteers", "blocks", "functions", "meters"]],
  // Calls of functions are measured too.
  ["functions", ["meters"]],
  // `--workers N` runs workers inside.
  ["orchestrator", ["worker"]],
  // One binary starts either program, and speaks to an orchestrator as any client does.
  ["cli", ["orchestrator", "worker", "client"]],
]);

/** The kernel is guest-side: of all rooms above it only its hosts may know it. */
const kernelReaders: readonly Room[] = ["sandbox/hosts"];

/** In a checkout the kernel and the pages are bundled when they are needed; a published package carries the bundles. */
const outsideSrc: ReadonlySet<string> = new Set([
  "src/sandbox/hosts/deno/kernel-bundle.ts -> scripts/build-kernel.ts",
  "src/http/site/site.ts -> scripts/build-web.ts",
]);

const pure = ["stdx", "protocol", "sandbox/kernel"] as const;
const kernelPackages = ["acorn", "sucrase", "wasmoon", "web-streams-polyfill"];

/** What rooms may use from outside; a room that is not named here may use anything. */
const outside: ReadonlyMap<Room, (name: string) => boolean> = new Map<Room, (name: string) => boolean>([
  ["stdx", (name) => name === "pino"],
  ["protocol", (name) => name === "zod"],
  ["sandbox/kernel", (name) => kernelPackages.includes(name)],
  ...layers[3].map((room) => [room, (name: string) => name.startsWith("node:")] as const),
  ["blocks", (name) => name.startsWith("node:") || name === "multiformats"],
  // Runs in every browser, and installs nothing.
  ["client", () => false],
]);

export const rooms: readonly Room[] = layers.flat();

/** The room that a file is in; undefined for one that is in none, which is itself a fault. */
export function roomOf(file: string): Room | undefined {
  return rooms.find((room) => file.startsWith(`src/${room}/`));
}

function heightOf(room: Room): number {
  return layers.findIndex((layer) => layer.some((member) => member === room));
}

/** Says what is wrong with an import between two files of src; undefined when it keeps to the walls. */
export function wallFault({ from, to }: Edge): string | undefined {
  if (outsideSrc.has(`${from} -> ${to}`)) return undefined;
  if (!to.startsWith("src/")) return `${from} imports ${to}, which is outside src`;
  const [source, target] = [roomOf(from), roomOf(to)];
  if (source === undefined) return `${from} is in no room of the layer table`;
  if (target === undefined) return `${to} is in no room of the layer table`;
  if (source === target) return undefined;
  const arrow = `${from} imports ${to}: ${source} may not know ${target}`;
  if (target === "sandbox/kernel" && !kernelReaders.includes(source)) return arrow;
  if (source === "sandbox/kernel") return pure.some((room) => room === target) ? undefined : arrow;
  const [above, below] = [heightOf(source), heightOf(target)];
  if (above > below) return undefined;
  return above === below && sideways.get(source)?.includes(target) ? undefined : arrow;
}

/** Says what is wrong with a room's use of a package or builtin; undefined when it is allowed. */
export function outsideFault({ from, to }: Edge): string | undefined {
  const room = roomOf(from);
  const allowed = room === undefined ? undefined : outside.get(room);
  return allowed === undefined || allowed(to) ? undefined : `${from} imports ${to}: ${room} may not use it`;
}

/** What the pages may know of src. The volunteer page is a worker: it runs its classes over cells of the browser. */
const webReads: readonly { readonly from: string; readonly to: readonly string[] }[] = [
  { from: "web/", to: ["src/client/", "src/protocol/", "src/stdx/"] },
  {
    from: "web/volunteer/",
    to: ["src/worker/", "src/sandbox/hosts/web-worker/", "src/sandbox/hosts/cell.ts"],
  },
];

/** As `wallFault`, for files of web: pages know what they share and nothing of each other. */
export function webFault({ from, to }: Edge): string | undefined {
  const [, page] = from.split("/");
  if (to.startsWith("web/shared/") || to.startsWith(`web/${page}/`)) return undefined;
  const known = webReads.filter((rule) => from.startsWith(rule.from)).flatMap((rule) => rule.to);
  return known.some((place) => to.startsWith(place)) ? undefined : `${from} imports ${to}`;
}
