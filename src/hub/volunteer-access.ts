import type { IncomingMessage } from "node:http";
import { type Caller, lacking, stranger } from "../access/caller.ts";
import { bearerOf, type Gate } from "../access/gate.ts";
import { type RequestRates, tooMany } from "../access/request-rates.ts";
import type { Token } from "../access/tokens.ts";
import { bearerProtocol, ticketProtocol, volunteerProtocol } from "../protocol/access.ts";
import type { Standing } from "../volunteers/session.ts";

export interface VolunteerAccessParts {
  readonly gate: Gate;
  readonly rates: Pick<RequestRates, "ofRequester">;
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
  readonly #rates: VolunteerAccessParts["rates"];
  readonly #anonymous: boolean;

  constructor({ gate, rates, anonymous }: VolunteerAccessParts) {
    this.gate = gate;
    this.#rates = rates;
    this.#anonymous = anonymous;
  }

  /** Rejects with `unauthorized`, `forbidden` or `rate_limited`. */
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
    const offer = offered(request, bearerProtocol);
    const caller = offer === undefined ? gate.identify(request.headers) : undefined;
    if (caller) return caller;
    const text = offer ?? bearerOf(request.headers.authorization) ?? "";
    if (!gate.tokens.known(text)) this.#countGuess(request);
    return gate.lookUp(text);
  }

  /** A look into the store is work, so whoever asks for it is counted before, as anywhere else. */
  #countGuess({ headers, socket }: IncomingMessage): void {
    const peer = socket.remoteAddress ?? "";
    const requester = { caller: stranger, peer, forwardedFor: headers["x-forwarded-for"] };
    const state = this.#rates.ofRequester(requester);
    if (!state.allowed) throw tooMany(state);
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
