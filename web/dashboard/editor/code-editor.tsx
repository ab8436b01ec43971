import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import "./code-editor.css";
import type { Editor, EditorLanguage } from "./codemirror.ts";

export interface CodeEditorProps {
  readonly label: string;
  /** What stands in it at first, and again whenever `document` changes. */
  readonly value: string;
  /**
   * Names the text that is edited. While it stays the editor's own text counts: what one types comes back as a value a
   * little later, and would otherwise overwrite what was typed meanwhile.
   */
  readonly document: string;
  readonly language: EditorLanguage;
  readonly onChange?: (text: string) => void;
  readonly onRun?: () => void;
  readonly readOnly?: boolean;
  /** A CSS length: the room is there before the editor is. */
  readonly height: string;
}

/** A text editor for code. Until its own code has come the text stands there plainly. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, value, document, language, readOnly = false, height } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let left = false;
    void import("./codemirror.ts").then(({ createEditor }) => {
      if (left || !host.current) return;
      editor.current = createEditor({
        host: host.current,
        label,
        text: latest.current.value,
        language: latest.current.language,
        readOnly,
        onChange: (text) => latest.current.onChange?.(text),
        onRun: () => latest.current.onRun?.(),
      });
      setReady(true);
    });
    return () => {
      left = true;
      editor.current?.destroy();
      editor.current = undefined;
    };
  }, [label, readOnly]);

  // Before anybody can type into what the page already calls another document.
  useLayoutEffect(() => editor.current?.setText(latest.current.value), [document]);
  useLayoutEffect(() => editor.current?.setLanguage(language), [language]);

  return (
    <div class="editor" style={{ height }}>
      {!ready && <pre class="editor__plain">{value}</pre>}
      <div ref={host} class="editor__host" />
    </div>
  );
}
