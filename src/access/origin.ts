import { isLoopback } from "../stdx/loopback.ts";

/** The headers that tell where a request comes from; browsers set them, and no page can forge them. */
export interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly "sec-fetch-site"?: string | undefined;
}

export interface OriginSettings {
  /** Whether nobody is asked for a token; else a page that has none gains nothing by a name's rebinding. */
  readonly open?: boolean | undefined;
  /** Other origins whose pages may use the API, or all of them. */
  readonly guests?: readonly string[] | "*" | undefined;
}

const rememberedHostsMax = 100;

/**
 * Keeps web pages of other sites from using an orchestrator that their visitor can reach. An open API on loopback is
 * otherwise at the mercy of every page: it may send cross-site requests there, and by DNS rebinding even read the answers.
 * Programs that are no browsers send neither of these headers and are not concerned.
 */
export class OriginPolicy {
  readonly #bindHost: string;
  readonly #anyHost: boolean;
  /** Host headers found good, so that the usual request costs one lookup. */
  readonly #good = new Set<string>();
  readonly #guests: readonly string[] | "*";

  /** @param bindHost the address that the server listens on */
  constructor(bindHost: string, { open = true, guests = [] }: OriginSettings = {}) {
    this.#bindHost = bindHost.toLowerCase();
    this.#guests = guests;
    // Reachable from elsewhere, or behind a proxy, it may go by names that it cannot know.
    this.#anyHost = !isLoopback(bindHost) || !open;
  }

  /** Whether pages of this origin may use the API as those of its own may. */
  invites(origin: string): boolean {
    return this.#guests === "*" || this.#guests.includes(origin);
  }

  /**
   * @param mutating whether the request may change something or open a channel that a page can read
   * @returns why it is refused, as a sentence; undefined when it may pass
   */
  refusal(headers: OriginHeaders, mutating: boolean): string | undefined {
    const { host, origin } = headers;
    if (!this.#isOurs(host)) {
      return "The Host header names another machine than the one that this orchestrator serves: use localhost.";
    }
    if (!mutating) return undefined;
    if (origin !== undefined && this.invites(origin)) return undefined;
    const site = headers["sec-fetch-site"];
    if (origin !== undefined && !isSameOrigin(origin, host)) {
      return `Pages of other sites may not use this orchestrator; this request comes from ${origin.slice(0, 200)}.`;
    }
    if (site === undefined || site === "same-origin" || site === "none") return undefined;
    return "Pages of other sites may not use this orchestrator.";
  }

  #isOurs(host: string | undefined): boolean {
    // A browser always names the host.
    if (host === undefined || this.#anyHost || this.#good.has(host)) return true;
    const name = host
      .replace(/:\d*$/, "")
      .replace(/^\[(.*)\]$/, "$1")
      .toLowerCase();
    if (name !== this.#bindHost && !isLoopback(name)) return false;
    if (this.#good.size < rememberedHostsMax) this.#good.add(host);
    return true;
  }
}

/** Compares without the scheme: a proxy may speak TLS before us. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const theirs = new URL(origin);
  const ours = `${theirs.protocol}//${host}`;
  return URL.canParse(ours) && theirs.host !== "" && new URL(ours).host === theirs.host;
}
