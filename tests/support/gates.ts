import { Gate } from "../../src/access/gate.ts";
import { Tickets } from "../../src/access/tickets.ts";
import { Tokens } from "../../src/access/tokens.ts";
import type { Clock } from "../../src/stdx/clock.ts";
import { noLog } from "../../src/stdx/log.ts";
import { MemoryTokenStore } from "./memory-token-store.ts";

/** A gate where nobody is asked for a token. */
export function openGate(clock: Clock): Gate {
  const tokens = new Tokens({ store: new MemoryTokenStore(), clock, log: noLog, adminToken: undefined });
  return new Gate({ tokens, tickets: new Tickets(clock), open: true, loopback: true });
}
