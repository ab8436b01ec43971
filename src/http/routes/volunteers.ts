import { refuse } from "../../protocol/errors.ts";
import type { VolunteerRegistry } from "../../volunteers/registry.ts";
import { access } from "../access/route-access.ts";
import type { HttpApp } from "../zod-provider.ts";

/** Who is connected, and what plain HTTP gets at the volunteers' own door. */
export function volunteerRoutes(
  app: HttpApp,
  { volunteers }: { readonly volunteers: VolunteerRegistry },
): void {
  app.get("/api/volunteers", { config: { access: access.token } }, ({ caller }) => {
    const view = volunteers.view();
    if (caller.scopes.admin) return view;
    // Where others live and what they run is for those who run the place.
    const shown = view.volunteers.map((volunteer) => ({ ...volunteer, address: "", running: [], doing: [] }));
    return { ...view, volunteers: shown };
  });

  app.get("/ws/volunteer", { config: { access: access.public } }, (_request, reply) => {
    reply.header("upgrade", "websocket");
    throw refuse("upgrade_required", "Volunteers connect here with a WebSocket.");
  });
}
