import { z } from "zod";
import { namespacePattern, reservedNames } from "./namespace-names.ts";

export const namespaceSchema = z
  .string()
  .regex(namespacePattern, "must be 1 to 63 of a-z, 0-9, _ and -, beginning with a letter or digit")
  .refine((name) => !reservedNames.has(name), "is a reserved name");
