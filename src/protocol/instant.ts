import { z } from "zod";

/** An instant as the API writes it: ISO 8601 in UTC. */
export const instantSchema = z.iso.datetime();
