/*
 * The editor, in a chunk of its own. It lives in a shadow root: there it styles itself through constructed style sheets,
 * where in the document it would need a style element, which the pages' policy forbids.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  StreamLanguage,
  syntaxHighlighting,
} from "@codemirror/language";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { linter } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

export type EditorLanguage = "python" | "js" | "lua" | "json" | "text";

export interface EditorOptions {
  readonly host: HTMLElement;
  readonly label: string;
  readonly text: string;
  readonly language: EditorLanguage;
  readonly readOnly: boolean;
  readonly onChange: (text: string) => void;
  /** Control or Command with Enter. */
  readonly onRun: () => void;
}

export interface Editor {
  /** Replaces all of it, unless it is there already. */
  setText(text: string): void;
  setLanguage(language: EditorLanguage): void;
  destroy(): void;
}

const emptyJson = /^\s*$/;

function languageSupport(language: EditorLanguage): Extension {
  switch (language) {
    case "python":
      return python();
    case "js":
      return javascript({ typescript: true });
    case "lua":
      return StreamLanguage.define(lua);
    case "json": {
      const parse = jsonParseLinter();
      return [json(), linter((view) => (emptyJson.test(view.state.doc.toString()) ? [] : parse(view)))];
    }
    case "text":
      return [];
  }
}

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)", fontStyle: "italic" },
  {
    tag: [tags.function(tags.variableName), tags.definition(tags.function(tags.variableName))],
    color: "var(--code-name)",
  },
  { tag: [tags.propertyName, tags.standard(tags.variableName)], color: "var(--code-number)" },
  { tag: [tags.typeName, tags.className], color: "var(--code-name)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "var(--size-3)" },
  "&.cm-focused": { outline: "0" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "0.625rem 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 1rem 0 0.5rem" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--text-faint)",
    border: "0",
    paddingLeft: "0.375rem",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--surface-sunken)" },
  "&.cm-focused .cm-activeLineGutter": { backgroundColor: "var(--surface-sunken)", color: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--code-selection)",
  },
  "&:not(.cm-focused) .cm-matchingBracket": { backgroundColor: "transparent" },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--surface-active)",
    outline: "1px solid var(--line-strong)",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-2)",
    color: "var(--text)",
    fontSize: "var(--size-2)",
  },
});

/** Makes an editor within the host's shadow root. */
export function createEditor(options: EditorOptions): Editor {
  const { host, label, text, readOnly, onChange, onRun } = options;
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const language = new Compartment();
  const run = () => {
    onRun();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        syntaxHighlighting(highlight),
        Prec.high(keymap.of([{ key: "Mod-Enter", run }])),
        // Escape, then Tab, leaves the editor: CodeMirror lets the next Tab through.
        keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
        language.of(languageSupport(options.language)),
        EditorState.readOnly.of(readOnly),
        // Editable content is focusable as it is; the attribute says so to those who judge by attributes.
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        theme,
      ],
    }),
  });
  return {
    setText(next) {
      const length = view.state.doc.length;
      if (view.state.doc.toString() === next) return;
      view.dispatch({ changes: { from: 0, to: length, insert: next }, selection: { anchor: 0 } });
    },
    setLanguage(next) {
      view.dispatch({ effects: language.reconfigure(languageSupport(next)) });
    },
    destroy: () => view.destroy(),
  };
}
