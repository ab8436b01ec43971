/** Each route of the API lets in whom it says it lets in, and nobody else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeclaredRoute, RouteAccess } from "../../src/http/access/route-access.ts";
import { adminHeaders, bearer, lockedEnv, type TokenMaker, tokenMaker } from "../support/access.ts";
import { EventReader } from "../support/event-source.ts";
import { bootFunctions } from "../support/functions.ts";
import { type RouteSample, routeSamples, type SampleDesk } from "../support/route-samples.ts";

const everythingBut = (verb: string) =>
  ["read:*", "write:*", "invoke:*", "volunteer"].filter((scope) => !scope.startsWith(verb));

/** Tokens that are let in, and what those get who are not. */
function scopesFor(access: RouteAccess, { status, elsewhere }: RouteSample) {
  switch (access.to) {
    case "everybody":
      return { right: [[]], wrong: [] };
    case "token":
      return { right: [["volunteer"], ["read:bob"], ["admin"]], wrong: [] };
    case "admin":
      return {
        right: [["admin"]],
        wrong: [{ scopes: ["read:*", "write:*", "invoke:*", "volunteer"], told: 403 }],
      };
    case "namespace":
    case "some": {
      const { verb } = access;
      // Where the answer is cut to what the token may see, another namespace's token gets an answer without alice's things.
      const told = elsewhere === 200 ? status : (elsewhere ?? 403);
      return {
        right: [[`${verb}:alice`], [`${verb}:al*`], [`${verb}:*`], ["admin"]],
        wrong: [
          { scopes: everythingBut(verb), told: 403 },
          { scopes: [`${verb}:bob`, `${verb}:alice2`], told },
        ],
      };
    }
  }
}

async function ask(desk: SampleDesk, method: string, sample: RouteSample, headers: Record<string, string>) {
  const { path, body, streams } = sample;
  const all = { ...sample.headers, ...headers };
  if (!streams) return desk.api.send(method, path, { body, headers: all });
  using reader = await EventReader.open(new URL(path, desk.url), all);
  return { status: reader.response.statusCode ?? 0, headers: reader.response.headers, text: "" };
}

async function checkRoute(
  desk: SampleDesk,
  { method, access }: DeclaredRoute,
  key: string,
  makeToken: TokenMaker,
) {
  const make = routeSamples[key];
  assert.ok(make, `${key} has no sample: add one to tests/support/route-samples.ts.`);
  const sample = await make(desk);
  const { right, wrong } = scopesFor(access, sample);
  if (access.to === "everybody") {
    if (sample.costly) return;
    assert.equal((await ask(desk, method, sample, {})).status, sample.status, "open to everybody");
    return;
  }
  for (const [what, headers] of await makeToken.unusable()) {
    const refused = await ask(desk, method, sample, headers);
    assert.equal(refused.status, 401, `${what}: ${refused.text}`);
    assert.match(String(refused.headers["www-authenticate"]), /^Bearer realm="zerverless"/);
  }
  for (const { scopes, told } of wrong) {
    const refused = await ask(desk, method, sample, bearer(await makeToken.with(scopes)));
    assert.equal(refused.status, told, `${scopes}: ${refused.text}`);
    if (told === sample.status) assert.doesNotMatch(refused.text, /alice/);
  }
  for (const scopes of right) {
    const fresh = await make(desk);
    const answer = await ask(desk, method, fresh, bearer(await makeToken.with(scopes)));
    assert.equal(answer.status, putAgain(fresh, answer.status), `${scopes}: ${answer.text}`);
  }
}

/** A key that is there already is replaced, which has a status of its own. */
function putAgain({ status, path }: RouteSample, answered: number): number {
  return path === "/api/db/alice/put" && answered === 200 ? 200 : status;
}

test("every route is closed without the right scope and open with it", async (t) => {
  const desk = { ...(await bootFunctions(t, { env: lockedEnv })), admin: adminHeaders };
  const makeToken = await tokenMaker(desk.api);
  const byKey = new Map(desk.routes.map((route) => [`${route.method} ${route.url}`, route]));
  assert.ok(byKey.size > 30);
  for (const [key, route] of byKey) {
    // Of each GET there is a HEAD with the same handler.
    if (route.method === "HEAD") {
      assert.deepEqual(byKey.get(`GET ${route.url}`)?.access, route.access);
      continue;
    }
    await t.test(key, () => checkRoute(desk, route, key, makeToken));
  }
});

test("every sample is of a route that there is", async (t) => {
  const { routes } = await bootFunctions(t, { env: lockedEnv });
  const keys = new Set(routes.map(({ method, url }) => `${method} ${url}`));
  assert.deepEqual(
    Object.keys(routeSamples).filter((key) => !keys.has(key)),
    [],
  );
});

test("where nobody is asked, every route is open without a token", async (t) => {
  const desk = { ...(await bootFunctions(t)), admin: {} };
  for (const { method, url } of desk.routes) {
    const make = routeSamples[`${method} ${url}`];
    if (!make) continue;
    const sample = await make(desk);
    if (sample.costly) continue;
    assert.equal((await ask(desk, method, sample, {})).status, sample.status, `${method} ${url}`);
  }
});
