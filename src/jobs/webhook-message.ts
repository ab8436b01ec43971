import { createHmac } from "node:crypto";
import { limits } from "../protocol/limits.ts";
import { fitsUtf8 } from "../stdx/utf8.ts";
import type { EndedJob } from "./live-job.ts";
import { jobView } from "./view.ts";

/** What a webhook is sent. */
export interface WebhookMessage {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The secret that a namespace's webhooks are signed with, as Standard Webhooks write it. Each namespace has its own, made
 * from the node's, so that nobody can sign for another.
 * @param nodeSecret 32 random bytes
 */
export function webhookSecret(nodeSecret: Uint8Array, namespace: string): string {
  const key = createHmac("sha256", nodeSecret).update(`webhooks of ${namespace}`).digest();
  return `whsec_${key.toString("base64")}`;
}

/**
 * Tells how a job ended, signed after https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @param nowMs milliseconds since the Unix epoch: when it is sent, which the signature covers
 */
export function webhookMessage(job: EndedJob, secret: string, nowMs: number): WebhookMessage {
  const { id } = job.record.spec;
  const messageId = `job_${id}`;
  const timestamp = String(Math.floor(nowMs / 1000));
  const body = bodyOf(job);
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${messageId}.${timestamp}.${body}`).digest("base64");
  return {
    body,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "zerverless-webhooks",
      "webhook-id": messageId,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
  };
}

/** `{type, timestamp, data}`, where the data are a job as in a list. The result is JSON text already, so it is pasted. */
function bodyOf({ record, output }: EndedJob): string {
  const view = jobView(record);
  const result = output.resultJson ?? "null";
  const large = !fitsUtf8(result, limits.webhookResultBytesMax);
  const data = `${JSON.stringify(view).slice(0, -1)},"result":${large ? "null" : result},"result_omitted":${large}}`;
  return `{"type":"job.${view.status}","timestamp":${JSON.stringify(view.completed_at)},"data":${data}}`;
}
