import { formatBytes } from "../../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { deploy, deployableOf, entryOf } from "../deployment.ts";
import { functionPlace } from "../function-path.ts";
import { Screen } from "../screen.ts";
import { UsageError } from "../usage-error.ts";

/** Deploys a file or a folder as a function. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const path = words.operand(0, "The file or folder to deploy");
  words.noMoreThan(1);
  const to = words.value("to");
  if (to === undefined)
    throw new UsageError("--to is missing: say where it answers, such as --to alice/hello.");
  const place = functionPlace(to);
  const { client } = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const deployable = await deployableOf(await entryOf(path), words, client);
  const deployment = await deploy(client, place, deployable);
  if (words.has("json")) {
    screen.json(deployment);
    return 0;
  }
  const { request, inputs } = deployable;
  const size = "code" in request ? `, ${formatBytes(Buffer.byteLength(request.code))}` : "";
  const from = inputs.length === 1 ? "" : ` from ${inputs.length} files`;
  screen.line(`${deployment.url}`);
  screen.note(`revision ${deployment.revision}, ${deployment.runtime}${size}${from}`);
  return 0;
}
