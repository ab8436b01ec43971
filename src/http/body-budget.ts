import type { AddressOf } from "../access/client-address.ts";
import { refuse } from "../protocol/errors.ts";
import { PerKey } from "../stdx/per-key.ts";
import { configOf } from "./route-config.ts";
import type { HttpApp } from "./zod-provider.ts";

/** Bodies that are being read, or worked on, may take this much memory together. */
const heldBytesMax = 256 * 1024 * 1024;
/** And those from one address. */
const heldBytesPerAddressMax = 128 * 1024 * 1024;
/** What says that it is no larger is not counted: the head that came before it may be larger and is not counted either. */
const uncountedBytesMax = 4 * 1024;

/**
 * Bounds what all bodies take together that routes hold in memory. A body has a bound of its own, but there are many
 * connections, and each may trickle.
 */
export function boundBodies(app: HttpApp, addressOf: AddressOf): void {
  const held = new PerKey(heldBytesMax, heldBytesPerAddressMax);
  app.addHook("preParsing", (request, reply, payload, done) => {
    const announced = request.headers["content-length"];
    const isSmall = announced !== undefined && Number(announced) <= uncountedBytesMax;
    if (isSmall || configOf(request).takesLong) return done(null, payload);
    const address = addressOf(request.raw);
    let bytes = 0;
    let refused = false;
    payload.on("data", (chunk: Buffer) => {
      if (refused) return;
      if (held.add(address, chunk.length) === undefined) {
        bytes += chunk.length;
        return;
      }
      refused = true;
      // What is still to come is not worth waiting for.
      reply.header("connection", "close");
      payload.emit("error", refuse("server_busy", "Too many large requests are being read; try again."));
    });
    reply.raw.once("close", () => held.remove(address, bytes));
    done(null, payload);
  });
}
