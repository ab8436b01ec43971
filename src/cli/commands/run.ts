import type { Zerverless } from "../../client/zerverless.ts";
import type { JobDetail, JobSubmission } from "../../protocol/job.ts";
import type { Json } from "../../protocol/json.ts";
import type { OutputStream } from "../../protocol/output.ts";
import { formatMs } from "../../stdx/format.ts";
import { bundle, needsBundling } from "../bundle.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { Screen } from "../screen.ts";
import { languageOf, readBytes, readJsonText } from "../source-file.ts";

/** Submits a file as a job, shows its output as it comes, and its result. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const path = words.operand(0, "The file to run");
  words.noMoreThan(1);
  const { client } = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const job = await client.jobs.submit(await submissionOf(path, words, client), {
    signal: surroundings.stop,
  });
  if (words.has("detach")) {
    if (words.has("json")) screen.json(job);
    else screen.line(job.id);
    return 0;
  }
  const output = new Output(screen, words.has("json"));
  await follow(client, job.id, output, surroundings, screen);
  const ended = await client.jobs.wait(job.id);
  // Output of a job that was quick, or whose stream broke off, comes with its end alone.
  output.complete(ended);
  if (words.has("json")) screen.json(ended);
  else tellEnd(ended, screen);
  return ended.status === "completed" ? 0 : 1;
}

/** A job's output, each character once. */
class Output {
  readonly #screen: Screen;
  readonly #quiet: boolean;
  readonly #shown = { stdout: 0, stderr: 0 };

  constructor(screen: Screen, quiet: boolean) {
    this.#screen = screen;
    this.#quiet = quiet;
  }

  show(stream: OutputStream, text: string): void {
    this.#shown[stream] += text.length;
    if (this.#quiet || text === "") return;
    this.#screen.status("");
    if (stream === "stderr") this.#screen.complaint(text);
    else this.#screen.text(text);
  }

  complete({ stdout, stderr }: Pick<JobDetail, "stdout" | "stderr">): void {
    this.show("stdout", (stdout ?? "").slice(this.#shown.stdout));
    this.show("stderr", (stderr ?? "").slice(this.#shown.stderr));
  }
}

async function submissionOf(path: string, words: Words, client: Zerverless): Promise<JobSubmission> {
  const language = languageOf(path, words.value("language"));
  const bytes = await readBytes(path);
  const input = words.value("input");
  const common = {
    namespace: words.value("namespace"),
    timeout_seconds: words.number("timeout", 0.001, 3600),
    memory_mb: words.number("memory", 16, 4096),
    priority: words.number("priority", 0, 9),
    // What JSON.parse gives is JSON.
    ...(input !== undefined && { input_data: JSON.parse(await readJsonText("--input", input)) as Json }),
  };
  if (language === "wasm") {
    const { cid } = await client.modules.upload(bytes);
    return { job_type: "wasm", wasm_cid: cid, ...common };
  }
  const text = bytes.toString();
  const code = language === "js" && needsBundling(path, text) ? (await bundle(path)).code : text;
  return { job_type: language, code, ...common };
}

/** Shows the output as it comes; Ctrl-C cancels the job. */
async function follow(
  client: Zerverless,
  id: string,
  output: Output,
  { stop }: Surroundings,
  screen: Screen,
): Promise<void> {
  const since = performance.now();
  let state = "waiting for a volunteer";
  const tick = setInterval(() => screen.status(`${state}… ${formatMs(performance.now() - since)}`), 500);
  try {
    for await (const event of client.jobs.events(id, { signal: stop })) {
      if (event.type === "job" && event.job.status === "running") state = `running as ${id}`;
      else if (event.type === "log") output.show(event.stream, event.text);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
    screen.note("cancelling the job");
    await client.jobs.cancel(id).catch(() => {});
  } finally {
    clearInterval(tick);
    screen.status("");
  }
}

function tellEnd(job: JobDetail, screen: Screen): void {
  const took = job.stats?.wall_ms === undefined ? "" : ` in ${formatMs(job.stats.wall_ms)}`;
  if (job.status === "completed") {
    // A job that returns nothing has what it printed as its result.
    if (job.result !== job.stdout && job.result !== null) {
      screen.line(typeof job.result === "string" ? job.result : JSON.stringify(job.result, null, 2));
    }
    return;
  }
  const why = job.error === null ? "" : `: ${job.error}`;
  const code = job.error_code === null ? "" : ` (${job.error_code})`;
  screen.note(
    `zerverless: The job ${job.status === "cancelled" ? "was cancelled" : `failed${took}${why}${code}`}`,
  );
}
