/** Which host a request is for: `api` and `content` are two where users' content has a host of its own, else one. */
export type HostKind = "api" | "content" | "both";

/** The host that serves what users wrote, so that none of it shares the API's origin. */
export class ContentHost {
  /** As it stands in URLs; undefined: there is none, and users' content is sandboxed beside the API. */
  readonly host: string | undefined;

  constructor(host: string | undefined) {
    this.host = host?.toLowerCase();
  }

  kindOf(host: string | undefined): HostKind {
    if (this.host === undefined) return "both";
    return host !== undefined && this.#is(host.toLowerCase()) ? "content" : "api";
  }

  /** Given without a port, it is meant on every port. */
  #is(host: string): boolean {
    return host === this.host || (!/:\d+$/.test(this.host ?? "") && host.replace(/:\d+$/, "") === this.host);
  }
}
