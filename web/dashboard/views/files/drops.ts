/** A file with the path that it has within what was chosen or dropped. */
export interface ChosenFile {
  readonly path: string;
  readonly file: File;
}

/** Beyond this many at once a person has most likely dropped the wrong folder. */
const filesAtOnceMax = 5000;

/** Thrown when more was dropped than `filesAtOnceMax`. */
export class TooManyFiles extends Error {
  override readonly message =
    `These are more than ${filesAtOnceMax.toLocaleString("en")} files. Upload them in parts.`;
}

/** Files of an `<input type="file">`: with their folders where a folder was chosen. */
export function chosenFiles(list: FileList): ChosenFile[] {
  if (list.length > filesAtOnceMax) throw new TooManyFiles();
  return [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Whether a drag carries files, and not text or a link. */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}

/**
 * Files of a drop, those in its folders too. It has to be called in the drop's own event: the browser forgets what was
 * dropped right after it.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<ChosenFile[]> {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const roots = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found: ChosenFile[] = [];
  for (const { entry, file } of roots) {
    if (entry) await collect(entry, found);
    else if (file) found.push({ path: file.name, file });
  }
  return found;
}

async function collect(entry: FileSystemEntry, found: ChosenFile[]): Promise<void> {
  if (isFile(entry)) {
    if (found.length === filesAtOnceMax) throw new TooManyFiles();
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    for (;;) {
      // A reader hands out a hundred at a time, and nothing when all were handed out.
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (batch.length === 0) return;
      for (const child of batch) await collect(child, found);
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
