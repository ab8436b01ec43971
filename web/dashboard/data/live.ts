import { signal } from "@preact/signals";
import { client, sessionCount } from "./session.ts";
import { useStream } from "./stream.ts";
import { pageVisible } from "./visible.ts";

export type Connection = "connecting" | "live" | "lost" | "closed" | "paused";

/** How the page stands with the orchestrator. */
export const connection = signal<Connection>("connecting");

/** Grows with each change of a job, for lists that want to be true. */
export const jobChanges = signal(0);

/** Keeps the page in touch with the orchestrator while it is seen. */
export function useLive(): void {
  useStream(
    `live ${sessionCount.value}`,
    async (signal) => {
      connection.value = "connecting";
      signal.addEventListener("abort", () => {
        connection.value = pageVisible.peek() ? "connecting" : "paused";
      });
      const onConnection = (lost: unknown) => {
        connection.value = lost === undefined ? "live" : "lost";
      };
      for await (const event of client.jobs.watch({}, { signal, onConnection })) {
        if (event.type === "job") jobChanges.value++;
      }
    },
    () => {
      connection.value = "closed";
    },
  );
}
