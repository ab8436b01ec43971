/** A command of a page's shell blocks. */
export interface PageCommand {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** As it is written, over all its lines. */
  readonly text: string;
  /** What the comment after it says that it answers; `…` stands for anything. */
  readonly returns: string | undefined;
}

const returnsMark = "# Returns: ";

/** The commands of a page's `bash` blocks, in order. */
export function pageCommands(markdown: string): PageCommand[] {
  const commands: PageCommand[] = [];
  let inBlock = false;
  let open: { line: number; text: string } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    const at = index + 1;
    if (line.startsWith("```")) {
      if (open) throw new Error(`The command of line ${open.line} does not end in its block.`);
      inBlock = !inBlock && line === "```bash";
    } else if (inBlock && open) {
      open.text += `\n${line}`;
    } else if (inBlock && line.startsWith(returnsMark)) {
      const last = commands.pop();
      if (!last || last.returns !== undefined) throw new Error(`No command precedes line ${at}.`);
      commands.push({ ...last, returns: line.slice(returnsMark.length) });
    } else if (inBlock && line.trim() !== "" && !line.startsWith("#")) {
      open = { line: at, text: line };
    }
    if (open && isWhole(open.text)) {
      commands.push({ ...open, returns: undefined });
      open = undefined;
    }
  }
  return commands;
}

/** The blocks of a page in a language, as they stand between their fences. */
export function pageBlocks(markdown: string, language: string): string[] {
  const blocks = markdown.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"));
  return [...blocks].map(([, block = ""]) => block);
}

/** Whether a text is what a page says that it is, where `…` stands for anything. */
export function agrees(text: string, expected: string): boolean {
  const pieces = expected.split("…").map((piece) => RegExp.escape(piece));
  return new RegExp(`^${pieces.join(".*")}$`, "s").test(text.trimEnd());
}

/** Whether a shell would run it now rather than wait for more lines. */
function isWhole(text: string): boolean {
  const quotesClosed = /^(?:[^'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")*$/s;
  return quotesClosed.test(withoutComment(text)) && !text.endsWith("\\");
}

/** A command without the comment at the end of its last line. */
export function withoutComment(text: string): string {
  return text.replace(/\s+#[^'"\n]*$/, "");
}
