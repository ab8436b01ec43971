/** How a site asks its visitors: what stands in the `data-` attributes of its script line, and travels to the frame. */
export interface EmbedOptions {
  /** Pieces of work at once. */
  readonly cores: number;
  /** Of each core's time, in percent. */
  readonly sharePercent: number;
  /** Undefined: work for everybody. */
  readonly namespaces: readonly string[] | undefined;
}

const coresDefault = 1;
const coresMax = 16;
const shareDefault = 50;
const shareMin = 10;
const shareMax = 100;
const namespacesMax = 256;
const namespacePattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * Reads options, each on its own: what makes no sense counts as not said.
 * @param value of an option by its name: `cores`, `share`, `namespaces`
 */
export function readEmbedOptions(value: (name: string) => string | null | undefined): EmbedOptions {
  const names = (value("namespaces") ?? "").split(",").map((name) => name.trim());
  const namespaces = names.filter((name) => namespacePattern.test(name)).slice(0, namespacesMax);
  return {
    cores: within(value("cores"), 1, coresMax) ?? coresDefault,
    sharePercent: within(value("share"), shareMin, shareMax) ?? shareDefault,
    namespaces: namespaces.length > 0 ? namespaces : undefined,
  };
}

/** The other way: the frame's query. */
export function embedQuery({ cores, sharePercent, namespaces }: EmbedOptions): string {
  const query = new URLSearchParams({ cores: `${cores}`, share: `${sharePercent}` });
  if (namespaces) query.set("namespaces", namespaces.join(","));
  return query.toString();
}

function within(text: string | null | undefined, least: number, most: number): number | undefined {
  const value = /^\d{1,4}$/.test(text ?? "") ? Number(text) : Number.NaN;
  return Number.isNaN(value) ? undefined : Math.min(most, Math.max(least, value));
}
