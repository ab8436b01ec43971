import type { CommandSpec, ExitCode, Surroundings, Words } from "../command.ts";
import { completionScript, shells } from "../completion.ts";
import { Screen } from "../screen.ts";
import { UsageError } from "../usage-error.ts";

/** Prints a script that completes commands and flags. */
export async function run(
  words: Words,
  surroundings: Surroundings,
  commands: readonly CommandSpec[],
): Promise<ExitCode> {
  const name = words.operand(0, `The shell (${shells.join(", ")})`);
  words.noMoreThan(1);
  const shell = shells.find((known) => known === name);
  if (!shell)
    throw new UsageError(`There is completion for ${shells.join(", ")}, not for ${JSON.stringify(name)}.`);
  new Screen(surroundings).text(completionScript(shell, commands));
  return 0;
}
