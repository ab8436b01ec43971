/** Jobs and calls that come and go as with real use, until told to stop: for pictures of the dashboard. */
import { setTimeout as delay } from "node:timers/promises";
import { type JobSubmission, Zerverless } from "../src/client/index.ts";

const beatMs = 250;
/** The swell and ebb of what comes. */
const waveMs = 45_000;

const tile =
  "let sum = 0;\nfor (let i = 0; i < INPUT.n; i++) sum += Math.sqrt(i);\nreturn Math.round(sum);\n";
const check =
  'if (INPUT.n % 9 === 0) throw new Error(INPUT.n + " is divisible by 9");\nreturn { ok: true };\n';
const total =
  "local sum = 0\nfor i = 1, INPUT.n do sum = sum + i end\nprint('summed up to ' .. INPUT.n)\nreturn sum\n";

/** A job of the kind that its number says; the same number gives the same job. */
function jobOf(number: number): JobSubmission {
  const n = 1000 + ((number * 7919) % 60_000);
  const namespace =
    ["render-farm", "render-farm", "render-farm", "shop", "research", "demo"][number % 6] ?? "demo";
  const common = { namespace, input_data: { n } };
  if (number % 40 === 0) return { job_type: "python", code: "sum(range(INPUT['n']))", ...common };
  if (number % 5 === 0) return { job_type: "lua", code: total, ...common };
  return { job_type: "js", code: number % 11 === 0 ? check : tile, ...common };
}

const calls = [
  "shop/orders?id=1007",
  "shop/orders?id=1021",
  "shop/orders?id=99",
  "demo/greet/js",
  "demo/greet/lua?name=Ada",
];

/** @param jobsPerSecond at the height of a wave */
export async function sendTraffic(url: string, jobsPerSecond: number, signal: AbortSignal): Promise<void> {
  const client = new Zerverless({ url });
  let number = 0;
  while (!signal.aborted) {
    const swell = 0.55 - 0.45 * Math.cos((2 * Math.PI * Date.now()) / waveMs);
    const count = Math.max(1, Math.round((jobsPerSecond * swell * beatMs) / 1000));
    const jobs = Array.from({ length: count }, () => jobOf(++number));
    const asked = Array.from({ length: Math.ceil(count / 3) }, (_, index) => call(url, number + index));
    await Promise.all([client.jobs.submitMany(jobs), ...asked]).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await delay(beatMs, undefined, { signal }).catch(() => undefined);
  }
}

async function call(url: string, number: number): Promise<void> {
  // Now and then the order that nobody can serve.
  const path = number % 25 === 0 ? "shop/orders?id=1013" : calls[number % calls.length];
  const response = await fetch(`${url}/${path}`);
  await response.arrayBuffer();
}
