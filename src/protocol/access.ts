import { z } from "zod";
import { parseDurationMs } from "../stdx/duration.ts";
import { boundedArray } from "./bounded-array.ts";
import { instantSchema } from "./instant.ts";
import { limits } from "./limits.ts";
import { namespaceSchema } from "./namespace-schema.ts";

/** What a token may do with a namespace. None includes another; `admin` includes them all. */
export const verbs = ["read", "write", "invoke"] as const;
export type Verb = (typeof verbs)[number];

export const accessLimits = {
  tokensMax: 10_000,
  tokenNameLengthMax: 100,
  scopesPerTokenMax: 64,
  /** A token as it is sent; what is longer is none. */
  tokenLengthMax: 256,
  /** A century. */
  tokenSecondsMax: 3_155_760_000,
  ticketSeconds: 30,
  ticketsMax: 10_000,
} as const;

/** Tokens are known by it, so that they are found where they do not belong. */
export const tokenPrefix = "zv_";

/**
 * Browsers cannot send headers with a WebSocket. They offer this protocol, which is the one that is spoken, and beside it
 * `bearerProtocol` with the token after it, which is only read.
 */
export const volunteerProtocol = "zerverless.v1";
export const bearerProtocol = "zerverless.bearer.";
/** The same for a ticket. */
export const ticketProtocol = "zerverless.ticket.";

const scopePattern = /^(?:admin|volunteer|(?:read|write|invoke):(?:\*|[a-z0-9][a-z0-9_-]{0,62}\*?))$/;

export const scopeSchema = z
  .string()
  .regex(
    scopePattern,
    "must be admin, volunteer, or read:, write: or invoke: with a namespace such as team-*",
  );

/** A span of time as seconds or in words such as 90d; `null` is for ever. */
const expirySchema = z
  .union([z.number().positive(), z.string()])
  .transform((value) => (typeof value === "number" ? value * 1000 : parseDurationMs(value)))
  .refine(
    (spanMs) => spanMs !== undefined && spanMs > 0 && spanMs <= accessLimits.tokenSecondsMax * 1000,
    "must be seconds, or a span of time such as 12h or 90d, of at most a century",
  );

/** What `POST /api/tokens` takes. */
export const tokenSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(accessLimits.tokenNameLengthMax)
    .regex(/^\P{Cc}*$/u, "must not contain control characters"),
  scopes: boundedArray(scopeSchema, 1, accessLimits.scopesPerTokenMax),
  expires_in: expirySchema.nullable().optional(),
});
export type NewToken = z.input<typeof tokenSchema>;

/** A token as the API shows it; the secret itself is shown once, when it is made. */
export const tokenViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
  last_used_at: instantSchema.nullable(),
});
export type TokenView = z.infer<typeof tokenViewSchema>;

/** The answer to `POST /api/tokens`. */
export const madeTokenSchema = tokenViewSchema.extend({ token: z.string() });
export type MadeToken = z.infer<typeof madeTokenSchema>;

/** What `GET /api/tokens` answers. */
export const tokenListSchema = z.object({ tokens: z.array(tokenViewSchema), total: z.number() });
export type TokenList = z.infer<typeof tokenListSchema>;

/** What `POST /api/tickets` answers; `expires_in` is in seconds. */
export const ticketSchema = z.object({ ticket: z.string(), expires_in: z.number() });

/** What `GET /api/access` answers: who whoever asks is, here. */
export const accessSchema = z.object({
  /** Nobody needs a token. */
  open: z.boolean(),
  anonymous_volunteers: z.boolean(),
  /** The one that was shown. */
  token: tokenViewSchema.nullable(),
});
export type Access = z.infer<typeof accessSchema>;

/** Query of `GET /api/audit`. */
export const auditQuerySchema = z.strictObject({
  token: z.string().min(1).max(accessLimits.tokenNameLengthMax).optional(),
  namespace: namespaceSchema.optional(),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  cursor: z
    .string()
    .regex(/^\d{1,15}-\d{1,6}$/, "must be the cursor of a page")
    .transform((text) => {
      const [segment, index] = text.split("-").map(Number);
      return { segment: segment ?? 0, index: index ?? 0 };
    })
    .optional(),
});

/** A change that a client made, or tried with a token that may not. */
export const auditEntrySchema = z.object({
  id: z.string(),
  at: instantSchema,
  /** Null where nobody is asked for a token. */
  token_id: z.string().nullable(),
  token_name: z.string().nullable(),
  address: z.string(),
  method: z.string(),
  route: z.string(),
  path: z.string(),
  namespaces: z.array(z.string()),
  /** The id of what came to be, or the first of several. */
  made: z.string().nullable(),
  count: z.number(),
  /** How it was answered. */
  status: z.number(),
  request_id: z.string(),
});
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

/** What `GET /api/audit` answers, newest first; `cursor` is null at the end. */
export const auditListSchema = z.object({
  entries: z.array(auditEntrySchema),
  count: z.number(),
  cursor: z.string().nullable(),
});

/** Query of `GET /api/limits`. */
export const limitsQuerySchema = z.strictObject({ namespace: namespaceSchema.optional() });

const figuresOf = <Figure extends z.ZodType>(figure: Figure) => ({
  /** Jobs that wait or run. */
  jobs: figure,
  functions: figure,
  database_bytes: figure,
  file_bytes: figure,
});

/** What `GET /api/limits` answers; null is no bound. */
export const limitsViewSchema = z.object({
  requests_per_second: z.object({ token: z.number(), address: z.number(), namespace: z.number() }),
  /** What would be let through in so many seconds is let through at once. */
  burst_seconds: z.number(),
  per_namespace: z.object(figuresOf(z.number().nullable())),
  /** Of the namespace that was asked about; else null. */
  usage: z.object({ namespace: z.string(), ...figuresOf(z.number()) }).nullable(),
});
export type LimitsView = z.infer<typeof limitsViewSchema>;
