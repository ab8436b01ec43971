/** What an orchestrator that has been used for a while holds: for pictures of the dashboard. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type JobSubmission, Zerverless } from "../src/client/index.ts";
import { readExample, submissionOf } from "./examples.ts";
import { root } from "./program.ts";

const examples = join(root, "examples");
const jobExamples = ["mandelbrot", "n-queens", "monte-carlo-pi", "wasm-add", "wasi-sha256sum"];

/** Jobs whose pages are shown. */
export interface SampleJobs {
  readonly completed: string;
  readonly failed: string;
  readonly running: string;
}

const ordersV1 = `export default {
  fetch(request) {
    const id = new URL(request.url).searchParams.get("id");
    const order = db.get("orders/" + id);
    return order ? Response.json(order) : new Response("No such order", { status: 404 });
  },
};
`;
const ordersV2 = `export default {
  fetch(request) {
    const id = new URL(request.url).searchParams.get("id");
    if (!id) return new Response("Which order?", { status: 400 });
    console.log("looking for order " + id);
    const order = db.get("orders/" + id);
    if (id === "1013") throw new Error("Order 1013 has no customer");
    return order ? Response.json(order) : new Response("No such order", { status: 404 });
  },
};
`;

/** A long computation that tells how far it is. */
const simulation = `import time

for step in range(1, 600):
    print(f"step {step}: temperature {20 + step * 0.37:.1f}, pressure {1013 - step % 17}")
    time.sleep(0.4)
`;

/** Deploys the sample functions: the shop's orders in two revisions, and a greeting in each written language. */
async function deployFunctions(client: Zerverless): Promise<void> {
  await client.functions.deploy("shop", "orders", { runtime: "js", code: ordersV1 });
  await client.functions.deploy("shop", "orders", { runtime: "js", code: ordersV2 });
  for (const [runtime, file] of [
    ["js", "greet.js"],
    ["lua", "greet.lua"],
    ["python", "greet.py"],
  ] as const) {
    const code = await readFile(join(examples, "functions", file), "utf8");
    await client.functions.deploy("demo", `greet/${runtime}`, { runtime, code });
  }
}

async function fillDatabase(client: Zerverless): Promise<void> {
  const customers = ["Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Alan", "Radia"];
  const orders = Array.from({ length: 40 }, (_, index) => ({
    op: "set" as const,
    key: `orders/${1000 + index}`,
    value: {
      customer: customers[index % customers.length] ?? "",
      items: (index % 4) + 1,
      total: 12.5 * ((index % 7) + 1),
      paid: index % 3 > 0,
    },
  }));
  await client.kv("shop").batch(orders);
  await client.kv("shop").put("settings", {
    currency: "EUR",
    shipping: { free_from: 50, countries: ["DE", "FR", "NL"] },
    banner: null,
  });
  await client.kv("shop").put("sessions/7f3a", { customer: "Ada" }, { ttl: 3600 });
  await client.kv("research").put("runs/latest", { seed: 42, samples: 100_000 });
}

async function storeFiles(client: Zerverless): Promise<void> {
  const files = client.files("shop");
  const page = "<!doctype html>\n<title>The shop</title>\n<h1>Everything, made by volunteers</h1>\n";
  await files.put("index.html", page);
  await files.put("404.html", "<!doctype html>\n<title>Nothing here</title>\n");
  await files.put("css/site.css", "body { font: 1rem system-ui; margin: 4rem auto; max-width: 40rem }\n");
  await files.put("js/cart.js", "export const add = (cart, item) => [...cart, item];\n".repeat(20));
  await files.put(
    "images/logo.svg",
    await readFile(join(root, "web/shared/icon.svg")).then((file) => new Blob([file])),
  );
  await files.put(
    "data/products.json",
    JSON.stringify(Array.from({ length: 80 }, (_, id) => ({ id, price: id * 3 }))),
  );
}

/** Runs the examples and leaves one job in each state. */
async function runJobs(client: Zerverless): Promise<SampleJobs> {
  const url = client.url.origin;
  let completed = "";
  for (const name of jobExamples) {
    const folder = join(examples, name);
    const { id } = await client.jobs.run(await submissionOf(url, folder, await readExample(folder)));
    if (name === "n-queens") completed = id;
  }
  const failing: JobSubmission = {
    job_type: "python",
    namespace: "research",
    code: `import statistics\n\nprint(f"{len(INPUT['readings'])} readings")\nprint(statistics.mean(INPUT["readings"]))\n`,
    input_data: { readings: [], sensor: "north-4" },
  };
  const failed = await client.jobs.run(failing);
  const cancelled = await client.jobs.submit({ job_type: "python", namespace: "research", code: simulation });
  await client.jobs.cancel(cancelled.id);
  const running = await client.jobs.submit({
    job_type: "python",
    namespace: "research",
    code: simulation,
    timeout_seconds: 600,
  });
  return { completed, failed: failed.id, running: running.id };
}

/** Fills an orchestrator with what people would do with it. */
export async function fillWithSamples(url: string): Promise<SampleJobs> {
  const client = new Zerverless({ url });
  await deployFunctions(client);
  await fillDatabase(client);
  await storeFiles(client);
  return runJobs(client);
}

/** A job that nobody runs yet. @returns its id */
export async function submitWaiting(url: string): Promise<string> {
  const { id } = await new Zerverless({ url }).jobs.submit({
    job_type: "python",
    namespace: "research",
    code: "result = sum(INPUT['readings'])",
    input_data: { readings: [20.5, 21, 19.75], sensor: "north-4" },
  });
  return id;
}
