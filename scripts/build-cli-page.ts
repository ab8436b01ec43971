/** Rewrites the commands of docs/cli.md, which are what `--help` prints: `node scripts/build-cli-page.ts`. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands } from "../src/cli/commands.ts";
import { helpPage, overview } from "../src/cli/help.ts";
import { root } from "./program.ts";

export const cliPage = join(root, "docs/cli.md");
const heading = "## All commands\n";

/** The page with its commands as they are. What stands before them is written by hand. */
export function withCommands(page: string): string {
  const [intro] = page.split(heading);
  const sections = commands.map(
    (command) => `### ${command.name}\n\n\`\`\`text\n${helpPage(command).trimEnd()}\n\`\`\`\n`,
  );
  return [`${intro}${heading}`, `\`\`\`text\n${overview(commands).trimEnd()}\n\`\`\`\n`, ...sections].join(
    "\n",
  );
}

if (import.meta.main) await writeFile(cliPage, withCommands(await readFile(cliPage, "utf8")));
