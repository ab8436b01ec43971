import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { isOurs } from "../access/client-address.ts";

/** Makes a request that a proxy of ours has passed on name the host that its client named. */
export function restoreHost({ headers, socket }: IncomingMessage, proxies: BlockList): void {
  const forwarded = headers["x-forwarded-host"];
  if (forwarded === undefined || !isProxyOf(proxies)(socket.remoteAddress ?? "")) return;
  // The nearest proxy's word comes last.
  const host = [forwarded].flat().join(",").split(",").at(-1)?.trim();
  if (host) headers.host = host;
}

/** For the framework, which then takes the scheme from X-Forwarded-Proto. */
export function isProxyOf(proxies: BlockList): (address: string) => boolean {
  return (address) =>
    isOurs(address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address, proxies);
}
