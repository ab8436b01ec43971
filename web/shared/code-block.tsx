import { Button } from "./button.tsx";
import "./code-block.css";
import { formatBytes } from "../../src/stdx/format.ts";
import { toast } from "./toast.tsx";

/** What is longer is cut on the page: a browser lays out megabytes of text only slowly. It is copied whole. */
const shownCharactersMax = 200_000;

export interface CodeBlockProps {
  /** What it is, for screen readers. */
  readonly label: string;
  readonly text: string;
  readonly wrap?: boolean;
  readonly framed?: boolean;
  readonly copy?: boolean;
}

/** Text as it is: code, JSON, output. */
export function CodeBlock({ label, text, wrap = false, framed = false, copy = true }: CodeBlockProps) {
  const shown = text.length > shownCharactersMax ? text.slice(0, shownCharactersMax) : text;
  const names = ["code", wrap && "code--wrap", framed && "code--framed"].filter(Boolean).join(" ");
  return (
    <div class={names}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="code__scroll" tabIndex={0} aria-label={label}>
        <pre>
          {shown}
          {shown !== text && `\n… (${formatBytes(text.length - shown.length)} more; copying takes all)`}
        </pre>
      </section>
      {copy && (
        <span class="code__copy">
          <CopyButton text={text} />
        </span>
      )}
    </div>
  );
}

export interface CopyButtonProps {
  readonly text: string | (() => string);
  /** Beside the picture; without it the picture stands alone. */
  readonly label?: string;
}

/** Copies to the clipboard, and says so. */
export function CopyButton({ text, label }: CopyButtonProps) {
  return (
    <Button
      size={label === undefined ? "small" : "medium"}
      kind={label === undefined ? "quiet" : "plain"}
      icon="copy"
      title={label ?? "Copy"}
      onClick={() => void copyText(typeof text === "string" ? text : text())}
    >
      {label ?? <span class="visually-hidden">Copy</span>}
    </Button>
  );
}

async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    toast("The browser does not let this page use the clipboard.", "bad");
  }
}
