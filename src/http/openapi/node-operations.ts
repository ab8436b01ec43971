import { z } from "zod";
import {
  accessSchema,
  auditListSchema,
  limitsViewSchema,
  madeTokenSchema,
  ticketSchema,
  tokenListSchema,
} from "../../protocol/access.ts";
import { healthSchema, infoSchema, readySchema, statsSchema } from "../../protocol/node.ts";
import { overviewSchema } from "../../protocol/overview.ts";
import { volunteerListSchema } from "../../protocol/volunteer-view.ts";
import { type Answer, eventStream, nothing, type Operation, type Operations } from "./operation.ts";

const page: Answer = { says: "The page", media: "text/html" };
const unchanged: Answer = { says: "It has not changed since the tag that was named" };
const elsewhere: Answer = { says: "It is at another address", headers: { Location: "Where" } };
const asset: Answer = { says: "The file", media: "*", headers: { ETag: "Its tag" } };

const redirect = (summary: string): Operation => ({ tag: "Pages", summary, answers: { 302: elsewhere } });
const document = (summary: string): Operation => ({
  tag: "Pages",
  summary,
  answers: { 200: page, 304: unchanged },
});
const file = (summary: string): Operation => ({
  tag: "Pages",
  summary,
  answers: { 200: asset, 304: unchanged },
  codes: ["not_found"],
});

const pythonIndexSchema = z.object({
  files: z.array(
    z.object({
      role: z.string(),
      url: z.string(),
      bytes: z.number(),
      compressed_bytes: z.number().nullable(),
    }),
  ),
});

export const nodeOperations: Operations = {
  "GET /health": {
    tag: "Node",
    summary: "Ask whether it is alive",
    answers: { 200: { says: "It is", schema: healthSchema } },
  },
  "GET /health/ready": {
    tag: "Node",
    summary: "Ask whether it takes work",
    answers: { 200: { says: "It does", schema: readySchema } },
    codes: ["shutting_down", "storage_unavailable"],
  },
  "GET /info": {
    tag: "Node",
    summary: "Show what node this is, and its limits",
    answers: { 200: { says: "The node", schema: infoSchema } },
  },
  "GET /stats": {
    tag: "Node",
    summary: "Count volunteers, slots and jobs",
    answers: { 200: { says: "The counts", schema: statsSchema } },
  },
  "GET /metrics": {
    tag: "Node",
    summary: "Show figures for Prometheus",
    answers: { 200: { says: "The figures", media: "text/plain" } },
  },
  "GET /api/overview": {
    tag: "Node",
    summary: "Show how it does, and did in the last minutes",
    answers: { 200: { says: "How things stand, and the series", schema: overviewSchema } },
  },
  "GET /api/overview/events": {
    tag: "Node",
    summary: "Follow how it does, second by second",
    answers: { 200: eventStream },
    codes: ["too_many_streams"],
  },
  "GET /api/volunteers": {
    tag: "Volunteers",
    summary: "List who is connected",
    answers: { 200: { says: "Those who came first come first", schema: volunteerListSchema } },
  },
  "GET /ws/volunteer": {
    tag: "Volunteers",
    summary: "Volunteer, over a WebSocket",
    says: "The messages are described in docs/PROTOCOL.md.",
    answers: { 101: { says: "The WebSocket is open" } },
    codes: ["upgrade_required"],
  },
  "POST /api/tokens": {
    tag: "Access",
    summary: "Make a token",
    answers: { 201: { says: "The token, whose secret is shown this once", schema: madeTokenSchema } },
    codes: ["too_many_tokens", "storage_unavailable"],
  },
  "GET /api/tokens": {
    tag: "Access",
    summary: "List tokens",
    answers: { 200: { says: "Every token, without its secret", schema: tokenListSchema } },
  },
  "DELETE /api/tokens/:id": {
    tag: "Access",
    summary: "Revoke a token",
    says: "At once, on open streams and WebSockets too.",
    answers: { 204: nothing },
    codes: ["token_not_found", "storage_unavailable"],
  },
  "POST /api/tickets": {
    tag: "Access",
    summary: "Get a ticket for a stream or a WebSocket",
    says: "Good once and for half a minute, for browsers, which cannot send headers there.",
    answers: { 201: { says: "The ticket", schema: ticketSchema } },
  },
  "GET /api/access": {
    tag: "Access",
    summary: "Ask who I am here",
    answers: { 200: { says: "What the token shows, and whether one is needed", schema: accessSchema } },
  },
  "GET /api/audit": {
    tag: "Access",
    summary: "Show who changed what, the newest first",
    answers: { 200: { says: "A page of changes; `cursor` is null at the end", schema: auditListSchema } },
  },
  "GET /api/limits": {
    tag: "Access",
    summary: "Show how much may be done and kept",
    says: "With `namespace`, also how much of it that namespace has.",
    answers: { 200: { says: "The limits", schema: limitsViewSchema } },
  },
  "GET /": redirect("Go to the dashboard"),
  "GET /dashboard": redirect("Go to the dashboard"),
  "GET /volunteer": redirect("Go to the volunteer page"),
  "GET /dashboard/*": document("Open the dashboard"),
  "GET /docs": redirect("Go to the reference of this API"),
  "GET /docs/*": document("Open the reference of this API"),
  "GET /volunteer/*": file("Open the volunteer page"),
  "GET /volunteer/frame": document("Load the sealed frame of the volunteer page"),
  "GET /assets/*": file("Load a part of a page"),
  "GET /assets/python/index.json": {
    tag: "Pages",
    summary: "List what a tab needs to run Python",
    answers: { 200: { says: "The files", schema: pythonIndexSchema } },
  },
  "GET /assets/python/:name": { ...file("Load a part of Python"), answers: { 200: asset } },
  "GET /favicon.ico": file("Load the icon"),
  "GET /robots.txt": { tag: "Pages", summary: "Tell crawlers to stay away", answers: { 200: asset } },
  "GET /openapi.json": {
    tag: "Node",
    summary: "Show this description",
    answers: { 200: { says: "OpenAPI 3.1", schema: z.looseObject({ openapi: z.literal("3.1.1") }) } },
  },
};
