/** Names under which an object may hold what only its owner may know. */
const secretKeys: readonly string[] = [
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "token",
  "secret",
  "env",
  "webhook-signature",
];

const withheld = "[withheld]";

/** What secrets look like wherever they stand, in an error's message or a URL as well: ours, and those of HTTP. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/\bzv_[A-Za-z0-9_-]{4,}/g, `zv_${withheld}`],
  [/\bwhsec_[A-Za-z0-9+/=]{8,}/g, `whsec_${withheld}`],
  [/\b(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]{6,}/gi, `$1$2${withheld}`],
  // The password of a URL such as DATABASE_URL.
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"]*:)[^\s/@"]+@/gi, `$1${withheld}@`],
];

/** A line of the log without the secrets that have come into it. It stays JSON. */
export function withoutSecrets(line: string): string {
  let text = line;
  for (const [pattern, replacement] of secrets) text = text.replaceAll(pattern, replacement);
  return text;
}

/** Paths for pino: those keys at the top and one level below. */
export const redactedPaths: readonly string[] = secretKeys.flatMap((key) => {
  const quoted = `["${key}"]`;
  return [quoted, `*${quoted}`, `*.*${quoted}`];
});
