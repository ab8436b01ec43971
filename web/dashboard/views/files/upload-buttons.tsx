import { useRef } from "preact/hooks";
import { Button } from "../../../shared/button.tsx";
import { type ChosenFile, chosenFiles } from "./drops.ts";

export interface UploadButtonsProps {
  readonly onFiles: (files: readonly ChosenFile[]) => void;
  readonly onError: (error: unknown) => void;
}

/** Opens the system's own pickers, for files and for a folder. */
export function UploadButtons({ onFiles, onError }: UploadButtonsProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    try {
      if (input.files) onFiles(chosenFiles(input.files));
    } catch (error) {
      onError(error);
    }
    // The same file can be chosen again.
    input.value = "";
  };
  return (
    <>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files to upload"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={(input) => {
          folder.current = input;
          // No standard, so the types of elements do not know it; every browser does.
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        multiple
        aria-label="Folder to upload"
        onChange={(event) => take(event.currentTarget)}
      />
      <Button icon="folder" onClick={() => folder.current?.click()}>
        Upload folder
      </Button>
      <Button kind="primary" icon="upload" onClick={() => files.current?.click()}>
        Upload files
      </Button>
    </>
  );
}
