import { randomBytes } from "node:crypto";
import { accessLimits } from "../protocol/access.ts";
import { refuse } from "../protocol/errors.ts";
import type { Clock } from "../stdx/clock.ts";
import type { Token } from "./tokens.ts";

/** Whom a ticket is for; without a token where nobody is asked for one. */
export interface TicketHolder {
  readonly token: Token | undefined;
}

interface Issued extends TicketHolder {
  /** Monotonic milliseconds. */
  readonly expiresAt: number;
}

const ticketBytes = 24;
/** Of one token that are out at once. */
const perTokenMax = 100;

/**
 * Tickets stand in for a token, once and for a few seconds, where a browser can send no header: they may be seen in a URL,
 * since nobody can use them again.
 */
export class Tickets {
  readonly #clock: Clock;
  /** In the order of their making, which is that of their end. */
  readonly #issued = new Map<string, Issued>();
  readonly #out = new Map<Token | undefined, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Refuses with `rate_limited`. */
  issue({ token }: TicketHolder): string {
    this.#sweep();
    const out = this.#out.get(token) ?? 0;
    if (out >= perTokenMax || this.#issued.size >= accessLimits.ticketsMax) {
      throw refuse("rate_limited", "Too many tickets are waiting to be used.", {
        details: { retry_after_seconds: accessLimits.ticketSeconds },
      });
    }
    const ticket = randomBytes(ticketBytes).toString("base64url");
    this.#issued.set(ticket, {
      token,
      expiresAt: this.#clock.monotonic() + accessLimits.ticketSeconds * 1000,
    });
    this.#out.set(token, out + 1);
    return ticket;
  }

  /** Whom the ticket is for, this once. Whether their token is still in force is for the caller to ask. */
  redeem(ticket: string): TicketHolder | undefined {
    this.#sweep();
    const found = this.#issued.get(ticket);
    if (found) this.#forget(ticket, found);
    return found;
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [ticket, issued] of this.#issued) {
      if (issued.expiresAt > now) return;
      this.#forget(ticket, issued);
    }
  }

  #forget(ticket: string, { token }: Issued): void {
    this.#issued.delete(ticket);
    const left = (this.#out.get(token) ?? 1) - 1;
    if (left === 0) this.#out.delete(token);
    else this.#out.set(token, left);
  }
}
