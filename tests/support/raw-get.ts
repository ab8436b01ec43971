import { type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** As it came over the wire, not decompressed. */
  readonly bytes: Buffer;
}

/** Gets a path exactly as it is spelt, dots and all. */
export async function rawGet(
  url: URL,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<RawAnswer> {
  const response = await beginGet(url, path, headers, method);
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: await buffer(response) };
}

/** Resolves when the headers are there; the body waits to be read. */
export function beginGet(
  url: URL,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url, { path, method, headers }, resolve).on("error", reject).end();
  return promise;
}
