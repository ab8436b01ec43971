/** Dotted IPv4 in the form that address parsers print, and nothing shorter or with leading zeros. */
const ipv4Loopback = /^127(\.(0|[1-9]\d{0,2})){3}$/;

/**
 * True for names and addresses that only this machine can reach.
 * @param host without port; an IPv6 address without brackets
 */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  // RFC 6761, section 6.3: names under localhost never leave the machine.
  if (name === "localhost" || name.endsWith(".localhost")) return true;
  if (ipv4Loopback.test(name)) return true;
  if (!name.includes(":")) return false;
  return URL.canParse(`http://[${name}]`) && new URL(`http://[${name}]`).hostname === "[::1]";
}
