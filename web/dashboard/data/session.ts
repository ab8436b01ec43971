import { signal } from "@preact/signals";
import { Zerverless } from "../../../src/client/index.ts";
import { readStored, writeStored } from "../../shared/theme.ts";

const storageKey = "zerverless.token";
const storages = { device: () => localStorage, tab: () => sessionStorage } as const;

/** How long a token is kept: on this device until signed out, or until this tab closes. */
export type Keeping = keyof typeof storages;

function storedToken(): string | undefined {
  return readStored(storageKey, storages.tab) ?? readStored(storageKey, storages.device);
}

/** The token that requests carry; undefined where none was given. */
export const token = signal<string | undefined>(storedToken());

/** Set once the orchestrator turned a request away for want of a token; the sign-in dialog shows then. */
export const signInWanted = signal(false);

/** Grows whenever who is asking has changed, so that everything is fetched anew. */
export const sessionCount = signal(0);

/** The orchestrator that this page came from. The one way in which the dashboard reaches it. */
export const client = new Zerverless({
  url: location.origin,
  token: () => token.peek(),
  fetch: async (...parts) => {
    const response = await fetch(...parts);
    if (response.status === 401) signInWanted.value = true;
    return response;
  },
});

/** Tries a token, and keeps it if the orchestrator takes it. Throws what the orchestrator says otherwise. */
export async function signIn(candidate: string, keeping: Keeping): Promise<void> {
  const trial = new Zerverless({ url: location.origin, token: candidate, retries: 0 });
  await trial.stats();
  writeStored(storageKey, undefined, storages.tab);
  writeStored(storageKey, undefined, storages.device);
  writeStored(storageKey, candidate, storages[keeping]);
  renew(candidate);
}

/** Forgets the token, here and on the device. */
export function signOut(): void {
  writeStored(storageKey, undefined, storages.tab);
  writeStored(storageKey, undefined, storages.device);
  renew(undefined);
}

function renew(next: string | undefined): void {
  token.value = next;
  signInWanted.value = false;
  sessionCount.value++;
}
