import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { functionPlace } from "../function-path.ts";
import { Screen } from "../screen.ts";
import { UsageError } from "../usage-error.ts";

/** Makes an earlier revision answer again: the one before, unless one is named. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const { namespace, path } = functionPlace(words.operand(0, "The function, NAMESPACE/PATH,"));
  words.noMoreThan(2);
  const { client } = await connect(words, surroundings);
  const revision = numberOf(words.operands[1]) ?? (await revisionBefore());
  const deployment = await client.functions.rollback(namespace, path, revision);
  const screen = new Screen(surroundings);
  if (words.has("json")) screen.json(deployment);
  else screen.line(`${deployment.url} is answered by revision ${deployment.revision}`);
  return 0;

  async function revisionBefore(): Promise<number> {
    const { revision: now, revisions } = await client.functions.get(namespace, path);
    const before = Math.max(...revisions.map((known) => known.revision).filter((known) => known < now));
    if (Number.isFinite(before)) return before;
    throw new UsageError(`${namespace}/${path} has no revision before ${now}.`);
  }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`A revision is a number such as 3, not ${JSON.stringify(text)}.`);
}
