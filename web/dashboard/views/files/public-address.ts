import { useResource } from "../../data/resource.ts";
import { client } from "../../data/session.ts";
import { publicAddress } from "./paths.ts";

let known: Promise<string> | undefined;

/** Where static files are: beside the API, or on a host of their own. Asked for once. */
export function contentOrigin(): Promise<string> {
  known ??= client.info().then(
    ({ content_host }) => (content_host === null ? location.origin : `${location.protocol}//${content_host}`),
    (error: unknown) => {
      known = undefined;
      throw error;
    },
  );
  return known;
}

/** Where everybody finds a file. */
export function usePublicAddress(namespace: string, path: string): string {
  const { data } = useResource("content origin", contentOrigin);
  return new URL(publicAddress(namespace, path), data ?? location.origin).href;
}
