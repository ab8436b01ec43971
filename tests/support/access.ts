import assert from "node:assert/strict";
import { newTokenText } from "../../src/access/token.ts";
import type { MadeToken } from "../../src/protocol/access.ts";
import type { Api } from "./api.ts";

export const adminToken = "zv_the-token-of-those-who-run-these-tests";

/** Makes an orchestrator on loopback ask for tokens. */
export const lockedEnv = { ADMIN_TOKEN: adminToken };
export const adminHeaders = bearer(adminToken);

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

export async function makeToken(
  api: Api,
  scopes: readonly string[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<MadeToken> {
  const answer = await api.post("/api/tokens", { name: `for ${scopes}`, scopes, ...more }, adminHeaders);
  assert.equal(answer.status, 201, answer.text);
  return answer.json() as MadeToken;
}

export interface TokenMaker {
  /** A token with these scopes; made once. */
  with(scopes: readonly string[]): Promise<string>;
  /** Headers with which nobody may be let in, by what is wrong with them. */
  unusable(): Promise<readonly (readonly [string, Record<string, string>])[]>;
}

export async function tokenMaker(api: Api): Promise<TokenMaker> {
  const made = new Map<string, string>();
  const expired = await makeToken(api, ["admin"], { expires_in: "1ms" });
  const revoked = await makeToken(api, ["admin"]);
  assert.equal(
    (await api.send("DELETE", `/api/tokens/${revoked.id}`, { headers: adminHeaders })).status,
    204,
  );
  const good = await makeToken(api, ["admin"]);
  const swapped = good.token.endsWith("A") ? "B" : "A";
  return {
    async with(scopes) {
      const key = scopes.join(" ");
      const known = made.get(key);
      if (known !== undefined) return known;
      const { token } = await makeToken(api, scopes);
      made.set(key, token);
      return token;
    },
    async unusable() {
      return [
        ["no token", {}],
        ["no bearer", { authorization: `Basic ${btoa("admin:admin")}` }],
        ["a mangled one", bearer(good.token.slice(0, -1) + swapped)],
        ["a shortened one", bearer(good.token.slice(0, -1))],
        ["made of its id", bearer(`zv_${Buffer.from(good.id).toString("base64url")}`)],
        ["its id", bearer(good.id)],
        ["an endless one", bearer(`zv_${"x".repeat(4000)}`)],
        ["one of another orchestrator", bearer(newTokenText())],
        ["an expired one", bearer(expired.token)],
        ["a revoked one", bearer(revoked.token)],
      ];
    },
  };
}
