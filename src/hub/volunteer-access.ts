import type { IncomingMessage } from "node:http";
import { type Caller, lacking } from "../access/caller.ts";
import { bearerOf, type Gate } from "../access/gate.ts";
import type { Token } from "../access/tokens.ts";
import { bearerProtocol, ticketProtocol, volunteerProtocol } from "../protocol/access.ts";
import type { Standing } from "../volunteers/session.ts";

export interface VolunteerAccessParts {
  readonly gate: Gate;
  /** Volunteers without a token are let in. */
  readonly anonymous: boolean;
}

export interface Admission {
  readonly standing: Standing;
  /** The one that was shown; the session ends with it. */
  readonly token: Token | undefined;
}

/** Says who may volunteer, and how far each is trusted. */
export class VolunteerAccess {
  readonly gate: Gate;
  readonly #anonymous: boolean;

  constructor({ gate, anonymous }: VolunteerAccessParts) {
    this.gate = gate;
    this.#anonymous = anonymous;
  }

  /** Rejects with `unauthorized` or `forbidden`. */
  async admit(request: IncomingMessage): Promise<Admission> {
    const caller = await this.#callerOf(request);
    const { token, scopes } = caller;
    if (token && scopes.volunteer) return { standing: "trusted", token };
    // Where nobody is asked, the programs of those who run the place are taken at their word.
    if (scopes.admin) return { standing: "native", token };
    const shown = token !== undefined || hasCredentials(request);
    if (this.#anonymous && !shown) return { standing: "anonymous", token: undefined };
    throw lacking(caller, "volunteer");
  }

  async #callerOf(request: IncomingMessage): Promise<Caller> {
    const { gate } = this;
    const ticket = ticketOf(request);
    if (ticket !== undefined) return gate.redeem(ticket);
    const text = offered(request, bearerProtocol);
    if (text !== undefined) return gate.lookUp(text);
    return gate.identify(request.headers) ?? gate.lookUp(bearerOf(request.headers.authorization) ?? "");
  }
}

/** The protocol that is spoken, out of those that were offered. The others carry secrets, and are never repeated. */
export function spokenProtocol(offers: ReadonlySet<string>): string | false {
  return offers.has(volunteerProtocol) ? volunteerProtocol : false;
}

function hasCredentials(request: IncomingMessage): boolean {
  return (
    ticketOf(request) !== undefined ||
    offered(request, bearerProtocol) !== undefined ||
    bearerOf(request.headers.authorization) !== undefined
  );
}

function ticketOf(request: IncomingMessage): string | undefined {
  const inUrl = /[?&]ticket=([\w-]+)/.exec(request.url ?? "")?.[1];
  return offered(request, ticketProtocol) ?? inUrl;
}

function offered({ headers }: IncomingMessage, beginning: string): string | undefined {
  const offers = (headers["sec-websocket-protocol"] ?? "").split(",").map((offer) => offer.trim());
  return offers.find((offer) => offer.startsWith(beginning))?.slice(beginning.length);
}
