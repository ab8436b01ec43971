import type { FastifyContextConfig, FastifyRequest } from "fastify";

/** What a route says of itself, with its pattern; undefined where no route was found. */
export type RouteConfig = FastifyContextConfig & { readonly url?: string | undefined };

declare module "fastify" {
  interface FastifyRequest {
    /** Kept by `configOf`. */
    routeConfig?: RouteConfig;
  }
}

/** The configuration of a request's route. The framework makes a dozen facts anew whenever it is asked for one. */
export function configOf(request: FastifyRequest): RouteConfig {
  request.routeConfig ??= request.routeOptions.config;
  return request.routeConfig;
}
