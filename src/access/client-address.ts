import type { IncomingMessage } from "node:http";
import { type BlockList, isIP } from "node:net";

/**
 * The address that a request is counted by. Of those that proxies noted only what our own ones say is believed; of an IPv6
 * address the network counts, since a client has all of its addresses.
 * @param peer the other end of the connection
 * @param forwardedFor X-Forwarded-For: each proxy appends whom it heard
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | readonly string[] | undefined,
  proxies: BlockList | undefined,
): string {
  let address = plain(peer);
  if (!proxies || forwardedFor === undefined) return network(address);
  const noted = [forwardedFor].flat().flatMap((value) => value.split(","));
  for (let at = noted.length - 1; at >= 0 && isOurs(address, proxies); at--) {
    const before = plain(noted[at]?.trim() ?? "");
    if (isIP(before) === 0) break;
    address = before;
  }
  return network(address);
}

/** An IPv4 address that came in over IPv6 is written as itself. */
function plain(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

/** Whether this is a proxy that speaks for others. */
export function isOurs(address: string, proxies: BlockList): boolean {
  const version = isIP(address);
  return version !== 0 && proxies.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** The first 64 bits of an IPv6 address. */
function network(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    while (groups.length + after.length < 8) groups.push("0");
    groups.push(...after);
  }
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** The client's address, as bounds are counted by it. */
export type AddressOf = (request: Pick<IncomingMessage, "headers" | "socket">) => string;

export function addressReader(proxies: BlockList | undefined): AddressOf {
  return ({ headers, socket }) =>
    clientAddress(socket.remoteAddress ?? "", headers["x-forwarded-for"], proxies);
}
