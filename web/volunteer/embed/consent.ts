export type Consent = "yes" | "no";

/** A "no" is asked about again after this time. */
const noDays = 90;
const dayMs = 86_400_000;

/** Keeps a visitor's answer on this site, in the site's own storage. */
export class ConsentKeeper {
  readonly #key: string;

  /** @param origin of the orchestrator */
  constructor(origin: string) {
    this.#key = `zerverless.consent ${origin}`;
  }

  /** Undefined: to be asked. */
  read(now: number): Consent | undefined {
    const kept = this.#stored();
    if (kept === "yes") return kept;
    const until = Number(/^no (\d+)$/.exec(kept ?? "")?.[1] ?? 0);
    return now < until && until <= now + noDays * dayMs ? "no" : undefined;
  }

  write(consent: Consent, now: number): void {
    try {
      localStorage.setItem(this.#key, consent === "yes" ? "yes" : `no ${now + noDays * dayMs}`);
    } catch {
      // Storage is closed here: the visitor is asked again on the next page.
    }
  }

  #stored(): string | null {
    try {
      return localStorage.getItem(this.#key);
    } catch {
      return null;
    }
  }
}
