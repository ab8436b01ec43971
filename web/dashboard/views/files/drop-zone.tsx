import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { type ChosenFile, carriesFiles, droppedFiles } from "./drops.ts";
import "./files.css";

export interface DropZoneProps {
  /** What happens to what is dropped, such as "Drop to upload to css". */
  readonly invitation: string;
  readonly onFiles: (files: readonly ChosenFile[]) => void;
  readonly onError: (error: unknown) => void;
  readonly children: ComponentChildren;
}

/** Takes files and folders that are dragged onto it. */
export function DropZone({ invitation, onFiles, onError, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  // Every child that is entered and left tells so as well.
  const depth = useRef(0);
  const settle = (change: number) => {
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging has a button beside it that does the same.
    <div
      class="drop"
      onDragEnter={(event) => {
        if (!carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        settle(1);
      }}
      onDragOver={(event) => {
        if (!carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
      }}
      onDragLeave={(event) => {
        if (carriesFiles(event.dataTransfer)) settle(-1);
      }}
      onDrop={(event) => {
        if (!event.dataTransfer || !carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        settle(-depth.current);
        droppedFiles(event.dataTransfer).then(onFiles, onError);
      }}
    >
      {children}
      {over && <div class="drop__veil">{invitation}</div>}
    </div>
  );
}
