import type { MadeToken, NewToken, TokenList } from "../protocol/access.ts";
import type { CallOptions, Transport } from "./transport.ts";

/** Tokens of this orchestrator; for administrators. */
export class Tokens {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The secret is in the answer, and nowhere else ever after. */
  create(token: NewToken, options: CallOptions = {}): Promise<MadeToken> {
    return this.#transport.json("POST", "/api/tokens", { ...options, json: token });
  }

  list(options: CallOptions = {}): Promise<TokenList> {
    return this.#transport.json("GET", "/api/tokens", options);
  }

  /** It opens nothing from then on. */
  async revoke(id: string, options: CallOptions = {}): Promise<void> {
    await this.#transport.send("DELETE", `/api/tokens/${encodeURIComponent(id)}`, options);
  }
}
