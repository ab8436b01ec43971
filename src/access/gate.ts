import { tokenPrefix } from "../protocol/access.ts";
import { isLoopback } from "../stdx/loopback.ts";
import { anybody, type Caller, proxyRefused, revoked, stranger } from "./caller.ts";
import type { Tickets } from "./tickets.ts";
import type { Token, Tokens } from "./tokens.ts";

/** The headers that tell who makes a request. */
export interface CallerHeaders {
  readonly authorization?: string | undefined;
  readonly forwarded?: string | undefined;
  readonly "x-forwarded-for"?: string | readonly string[] | undefined;
  readonly "x-real-ip"?: string | readonly string[] | undefined;
}

export interface GateParts {
  readonly tokens: Tokens;
  readonly tickets: Tickets;
  /** Nobody is asked for a token. */
  readonly open: boolean;
  /** Only this machine can reach the address that is listened on. */
  readonly loopback: boolean;
}

const proxied: Caller = { ...stranger, lack: proxyRefused };

/** Tells who is at the door. */
export class Gate {
  readonly open: boolean;
  readonly tokens: Tokens;
  readonly tickets: Tickets;
  readonly #loopback: boolean;

  constructor({ tokens, tickets, open, loopback }: GateParts) {
    this.tokens = tokens;
    this.tickets = tickets;
    this.open = open;
    this.#loopback = loopback;
  }

  /** Who shows no credentials. */
  unnamed(headers: CallerHeaders): Caller {
    if (!this.open) return stranger;
    return this.#loopback && isForwarded(headers) ? proxied : anybody;
  }

  /**
   * Who shows the token in a header, or none. Who shows one is held to it, even where nobody is asked; what is not ours is
   * passed over there, since it may be a proxy's.
   * @returns undefined when it takes a look into the store to tell: then `lookUp` does
   */
  identify(headers: CallerHeaders): Caller | undefined {
    const text = bearerOf(headers.authorization);
    if (text === undefined) return this.unnamed(headers);
    const token = this.tokens.known(text);
    if (token) return callerWith(token);
    // What the store has begins so.
    if (text.startsWith(tokenPrefix)) return undefined;
    return this.open ? this.unnamed(headers) : revoked;
  }

  async lookUp(text: string): Promise<Caller> {
    const token = this.tokens.known(text) ?? (await this.tokens.lookUp(text));
    return token ? callerWith(token) : revoked;
  }

  /** Who shows a ticket, which is used up by it. */
  redeem(ticket: string): Caller {
    const holder = this.tickets.redeem(ticket);
    if (!holder) return revoked;
    if (!holder.token) return this.open ? anybody : revoked;
    return this.tokens.isInForce(holder.token) ? callerWith(holder.token) : revoked;
  }
}

export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  return /^bearer +(\S+) *$/i.exec(authorization)?.[1];
}

function callerWith(token: Token): Caller {
  return { token, scopes: token.scopes, lack: "" };
}

/** Whether a proxy says that the request is another machine's. */
function isForwarded(headers: CallerHeaders): boolean {
  if (headers.forwarded !== undefined) return true;
  const [client, direct] = [headers["x-forwarded-for"], headers["x-real-ip"]];
  if (client === undefined && direct === undefined) return false;
  // A proxy that writes one of them may pass on the other as its client wrote it.
  return ![client ?? [], direct ?? []]
    .flat(2)
    .flatMap((value) => value.split(","))
    .every((address) => isLoopback(address.trim()));
}
