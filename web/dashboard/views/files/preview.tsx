import { useState } from "preact/hooks";
import type { FileView } from "../../../../src/protocol/files.ts";
import { formatBytes } from "../../../../src/stdx/format.ts";
import { Button, LinkButton } from "../../../shared/button.tsx";
import { KeyValues } from "../../../shared/card.tsx";
import { CodeBlock, CopyButton } from "../../../shared/code-block.tsx";
import { Dialog } from "../../../shared/dialog.tsx";
import { ErrorNote, Note } from "../../../shared/error-note.tsx";
import { RelativeTime } from "../../../shared/relative-time.tsx";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { contentOf, Download, useObjectUrl } from "./content.tsx";
import { nameOf, previewKind } from "./paths.ts";
import { usePublicAddress } from "./public-address.ts";
import "./files.css";

const pictureBytesMax = 32 * 1024 * 1024;
/** Enough of a text to know it by. */
const textBytesMax = 256 * 1024;

export interface PreviewProps {
  readonly namespace: string;
  readonly path: string;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}

/** A file's facts, and a look into it. Nothing of it is run: text stays text, and a picture is no document. */
export function Preview({ namespace, path, onClose, onDelete }: PreviewProps) {
  const head = useResource(`${namespace}/${path}`, (signal) => fetchHead(namespace, path, signal), {
    fresh: true,
  });
  const file = head.data;
  const url = usePublicAddress(namespace, path);
  return (
    <Dialog
      title={nameOf(path)}
      wide
      onClose={onClose}
      foot={
        file && (
          <>
            <span class="grow">
              <Button kind="quiet" icon="trash" onClick={onDelete}>
                Delete
              </Button>
            </span>
            <LinkButton href={url} target="_blank" icon="external">
              Open
            </LinkButton>
            <Download namespace={namespace} path={path} />
          </>
        )
      }
    >
      <KeyValues
        entries={[
          ["Path", <span class="mono">{path}</span>],
          [
            "On the web",
            <span class="row">
              <a class="mono" href={url} target="_blank" rel="noopener">
                {url}
              </a>
              <CopyButton text={url} label="Copy" />
            </span>,
          ],
          ["Size", file ? formatBytes(file.size) : <Skeleton width="4rem" />],
          ["Type", file ? file.type : <Skeleton width="6rem" />],
          ["Changed", file ? <RelativeTime at={file.modified} /> : <Skeleton width="5rem" />],
          ["SHA-256", file ? <span class="mono">{file.etag}</span> : <Skeleton />],
        ]}
      />
      {head.error !== undefined && <ErrorNote error={head.error} onRetry={head.reload} />}
      {file && <Content key={file.etag} namespace={namespace} file={file} />}
    </Dialog>
  );
}

function Content({ namespace, file }: { readonly namespace: string; readonly file: FileView }) {
  switch (previewKind(file.type)) {
    case "image":
      return <Picture namespace={namespace} file={file} />;
    case "text":
      return <Text namespace={namespace} file={file} />;
    case "none":
      return <Note>There is no preview of this type of file. Download it to look inside.</Note>;
  }
}

function Picture({ namespace, file }: { readonly namespace: string; readonly file: FileView }) {
  const { path, size, type, etag } = file;
  const picture = useResource(`picture ${etag}`, async (signal) =>
    size > pictureBytesMax ? undefined : new Blob([await contentOf(namespace, path, signal)], { type }),
  );
  const url = useObjectUrl(picture.data);
  const [broken, setBroken] = useState(false);
  if (size > pictureBytesMax)
    return <Note>This picture is too large to be shown here. Download it instead.</Note>;
  if (broken) return <Note tone="warn">The browser cannot show this picture. It may be damaged.</Note>;
  if (picture.error !== undefined) return <ErrorNote error={picture.error} onRetry={picture.reload} />;
  return (
    <div class="picture">
      {url !== undefined && (
        <img src={url} alt={`Content of ${nameOf(path)}`} onError={() => setBroken(true)} />
      )}
    </div>
  );
}

function Text({ namespace, file }: { readonly namespace: string; readonly file: FileView }) {
  const text = useResource(file.etag, (signal) => fetchText(namespace, file, signal));
  if (text.error !== undefined) return <ErrorNote error={text.error} onRetry={text.reload} />;
  if (text.data === undefined) return <Skeleton height="12rem" />;
  if (text.data === "") return <Note>The file is empty.</Note>;
  return (
    <div class="stack-tight">
      <CodeBlock label={`Content of ${nameOf(file.path)}`} text={text.data} wrap framed />
      {file.size > textBytesMax && (
        <p class="small muted">
          The first {formatBytes(textBytesMax)} of {formatBytes(file.size)}. Download the file for the rest.
        </p>
      )}
    </div>
  );
}

async function fetchText(namespace: string, { path, size }: FileView, signal: AbortSignal): Promise<string> {
  const bytes = size === 0 ? new ArrayBuffer(0) : await contentOf(namespace, path, signal, textBytesMax);
  // A piece may end within a character.
  return new TextDecoder().decode(bytes, { stream: true });
}

/** What the list would say of one file: its own folder is asked for it. */
async function fetchHead(namespace: string, path: string, signal: AbortSignal): Promise<FileView> {
  const { files } = await client.files(namespace).list({ prefix: path, limit: 1 }, { signal });
  const [file] = files;
  if (file?.path === path) return file;
  throw new Error("There is no such file any more. It was deleted or moved.");
}
