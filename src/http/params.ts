import { z } from "zod";

/** `/{id}` in a path; whether anything has that id is for the domain to say. */
export const idParams = z.object({ id: z.string().min(1) });
