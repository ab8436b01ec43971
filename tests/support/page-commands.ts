/** A command of a page's shell blocks. */
export interface PageCommand {
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** As it is written, over all its lines. */
  readonly text: string;
  /** What the page says that it answers, in a comment or a `text` block after it; `…` stands for anything. */
  readonly returns: string | undefined;
}

/** A file that a reader is to write: a block whose fence names it, such as "```lua hello.lua". */
export interface PageFile {
  readonly line: number;
  readonly name: string;
  readonly content: string;
}

/** A page of the orchestrator that a reader is to open, and a button to press there. */
export interface PageVisit {
  readonly line: number;
  readonly url: string;
  readonly button: string;
}

export type PageStep = PageCommand | PageFile | PageVisit;

const returnsMark = "# Returns: ";
const shellFence = "```bash";
const outputFence = "```text";
const visit = /<(http:\/\/localhost:8000\/\S*)>,? and press \*\*(.+?)\*\*/;
const fileFence = /^```\w+ ([\w./-]+)$/;

/** What a reader does, in order. */
export function pageSteps(markdown: string): PageStep[] {
  const steps: PageStep[] = [];
  let afterShell = false;
  for (const block of blocksOf(markdown)) {
    if ("url" in block) {
      steps.push(block);
      continue;
    }
    const name = fileFence.exec(block.fence)?.[1];
    if (name !== undefined) steps.push({ line: block.line, name, content: `${block.lines.join("\n")}\n` });
    else if (block.fence === shellFence) steps.push(...commandsOf(block));
    else if (block.fence === outputFence && afterShell && block.follows) {
      answered(steps, block.lines.join("\n"), block.line);
    }
    afterShell = block.fence === shellFence;
  }
  return steps;
}

/** The commands of a page's `bash` blocks, in order. */
export function pageCommands(markdown: string): PageCommand[] {
  return pageSteps(markdown).filter((step) => "text" in step);
}

interface Block {
  readonly fence: string;
  /** Of its first line. */
  readonly line: number;
  readonly lines: string[];
  /** Whether nothing stands between it and the block before. */
  readonly follows: boolean;
}

function blocksOf(markdown: string): (Block | PageVisit)[] {
  const blocks: (Block | PageVisit)[] = [];
  let open: Block | undefined;
  let follows = false;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (open) {
      if (line === "```") {
        open = undefined;
        follows = true;
      } else open.lines.push(line);
    } else if (line.startsWith("```")) {
      open = { fence: line, line: index + 2, lines: [], follows };
      blocks.push(open);
    } else if (line.trim() !== "") {
      follows = false;
      const [, url, button] = visit.exec(line) ?? [];
      if (url !== undefined && button !== undefined) blocks.push({ line: index + 1, url, button });
    }
  }
  return blocks;
}

function commandsOf({ line: first, lines }: Block): PageCommand[] {
  const commands: PageCommand[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, line] of lines.entries()) {
    const at = first + index;
    if (open) open.text += `\n${line}`;
    else if (line.startsWith(returnsMark)) answered(commands, line.slice(returnsMark.length), at);
    else if (line.trim() !== "" && !line.startsWith("#")) open = { line: at, text: line };
    if (open && isWhole(open.text)) {
      commands.push({ ...open, returns: undefined });
      open = undefined;
    }
  }
  if (open) throw new Error(`The command of line ${open.line} does not end in its block.`);
  return commands;
}

/** Adds to the last command what it answers. */
function answered(steps: PageStep[], returns: string, line: number): void {
  const last = steps.pop();
  if (!last || !("text" in last) || last.returns !== undefined) {
    throw new Error(`No command precedes line ${line}.`);
  }
  steps.push({ ...last, returns });
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
