import { useEffect, useState } from "preact/hooks";
import { Button } from "../../../shared/button.tsx";
import { sentenceOf } from "../../../shared/error-note.tsx";
import { Icon } from "../../../shared/icon.tsx";
import { toast } from "../../../shared/toast.tsx";
import { client, token } from "../../data/session.ts";
import { nameOf, storageAddress } from "./paths.ts";

/** A file's bytes, or the first of them. Throws a sentence when it is gone. */
export async function contentOf(
  namespace: string,
  path: string,
  signal?: AbortSignal,
  firstBytes?: number,
): Promise<ArrayBuffer> {
  const response = await client.files(namespace).get(path, { signal, firstBytes });
  if (!response) throw new Error("There is no such file any more. It was deleted or moved.");
  return response.arrayBuffer();
}

/** An address of a blob within the page, for as long as it is shown. */
export function useObjectUrl(content: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!content) return;
    const made = URL.createObjectURL(content);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content]);
  return url;
}

/** Saves a file. The browser does so by itself, but for a token, which it cannot show. */
export function Download({ namespace, path }: { readonly namespace: string; readonly path: string }) {
  const [busy, setBusy] = useState(false);
  if (token.value === undefined) {
    return (
      <a class="button" href={storageAddress(namespace, path)} download={nameOf(path)}>
        <Icon name="download" />
        Download
      </a>
    );
  }
  const save = async () => {
    setBusy(true);
    try {
      saveAs(nameOf(path), new Blob([await contentOf(namespace, path)]));
    } catch (error) {
      toast(sentenceOf(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button icon="download" busy={busy} onClick={() => void save()}>
      Download
    </Button>
  );
}

function saveAs(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
