import type { Isolation } from "../protocol/volunteer.ts";
import type { VolunteerKind } from "../protocol/volunteer-kinds.ts";

/** As much of a volunteer as tells what it is. */
export interface KindFacts {
  readonly session: { readonly origin: "internal" | "remote" };
  readonly offer: { readonly isolation: Isolation };
}

/** What a volunteer is, by what it says of itself and the door it came through. */
export function kindOf({ session, offer }: KindFacts): VolunteerKind {
  if (session.origin === "internal") return "internal";
  if (offer.isolation === "browser") return "browser";
  return offer.isolation === "unknown" ? "other" : "native";
}
