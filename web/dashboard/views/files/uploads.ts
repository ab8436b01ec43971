import { signal } from "@preact/signals";
import { client } from "../../data/session.ts";
import { UploadQueue } from "./upload-queue.ts";

/** Grows with each file that has arrived, so that a view knows to look again. */
export const arrivals = signal(0);

/** What is being uploaded goes on while one looks at other views. */
export const uploads = new UploadQueue(
  async ({ namespace, path, content }, progress, stop) => {
    const onProgress = ({ sent }: { sent: number }) => progress(sent);
    await client.files(namespace).put(path, content, { signal: stop, onProgress });
  },
  () => {
    arrivals.value++;
  },
);

/** Asks before the page is left in the middle of an upload. */
addEventListener("beforeunload", (event) => {
  if (uploads.totals.peek().open > 0) event.preventDefault();
});
