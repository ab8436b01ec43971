import { refuse } from "../../protocol/errors.ts";
import type { VolunteerRegistry } from "../../volunteers/registry.ts";
import type { HttpApp } from "../zod-provider.ts";

/** Who is connected, and what plain HTTP gets at the volunteers' own door. */
export function volunteerRoutes(
  app: HttpApp,
  { volunteers }: { readonly volunteers: VolunteerRegistry },
): void {
  app.get("/api/volunteers", () => volunteers.view());

  app.get("/ws/volunteer", (_request, reply) => {
    reply.header("upgrade", "websocket");
    throw refuse("upgrade_required", "Volunteers connect here with a WebSocket.");
  });
}
