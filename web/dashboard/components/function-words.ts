import type { FunctionAuth } from "../../../src/protocol/functions.ts";
import type { Placement } from "../../../src/protocol/placement.ts";

/** Which volunteers may run a function. */
export const placementWords = {
  trusted: "Trusted volunteers",
  any: "Any volunteer",
  internal: "Inside the orchestrator alone",
} as const satisfies Record<Placement, string>;

/** Who may call a function. */
export const authWords = {
  public: "Everybody",
  token: "Those with a token",
} as const satisfies Record<FunctionAuth, string>;
