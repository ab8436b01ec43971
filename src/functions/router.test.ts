import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sampleDraft } from "../../tests/contracts/revision-samples.ts";
import type { RevisionHead } from "./revision.ts";
import { FunctionRouter } from "./router.ts";

function head(namespace: string, path: string, number = 1): RevisionHead {
  const { code: _, env: __, ...rest } = sampleDraft({ namespace, path });
  return { ...rest, number, envNames: [], digest: "" };
}

function routed(...functions: readonly (readonly [namespace: string, path: string])[]): FunctionRouter {
  const router = new FunctionRouter();
  for (const [namespace, path] of functions) router.set(head(namespace, path));
  return router;
}

/** What answers, and what of the path follows it. */
function matched(router: FunctionRouter, path: string): string | undefined {
  const match = router.match(path);
  return match && `${match.head.namespace}/${match.head.path} ${path.slice(match.routeAt)}`;
}

test("the longest deployed beginning answers, on whole segments", () => {
  const router = routed(["alice", "api"], ["alice", "api/users/list"], ["alice", "ap"]);
  assert.equal(matched(router, "/alice/api"), "alice/api ");
  assert.equal(matched(router, "/alice/api/"), "alice/api /");
  assert.equal(matched(router, "/alice/api/users"), "alice/api /users");
  assert.equal(matched(router, "/alice/api/users/list"), "alice/api/users/list ");
  assert.equal(matched(router, "/alice/api/users/list/7/x"), "alice/api/users/list /7/x");
  assert.equal(matched(router, "/alice/api/users/listing"), "alice/api /users/listing");
  assert.equal(matched(router, "/alice/apis"), undefined);
  assert.equal(matched(router, "/alice"), undefined);
  assert.equal(matched(router, "/alice/"), undefined);
  assert.equal(matched(router, "/alice//api"), undefined);
  assert.equal(matched(router, "/bob/api"), undefined);
  assert.equal(matched(router, "/"), undefined);
});

test("segments are compared as what they stand for, and the route is left as it was written", () => {
  const router = routed(["alice", "grüße/a b"], ["alice", "grüße"]);
  assert.equal(matched(router, "/alice/gr%C3%BC%c3%9fe/a%20b/%2e%2e"), "alice/grüße/a b /%2e%2e");
  assert.equal(matched(router, "/%61lice/gr%C3%BC%C3%9Fe"), "alice/grüße ");
  // An encoded slash is part of its segment.
  assert.equal(matched(router, "/alice/gr%C3%BC%C3%9Fe%2fa%20b"), undefined);
  assert.equal(matched(router, "/alice/%ff"), undefined);
});

test("names of what objects have are segments like others", () => {
  const router = routed(["alice", "constructor"], ["alice", "x/__proto__"]);
  assert.equal(matched(router, "/alice/constructor"), "alice/constructor ");
  assert.equal(matched(router, "/alice/toString"), undefined);
  assert.equal(matched(router, "/alice/x/__proto__"), "alice/x/__proto__ ");
});

test("what is set anew answers in place of what was before, and what is deleted leaves nothing", () => {
  const router = routed(["alice", "a/b/c"], ["alice", "a"]);
  assert.equal(router.set(head("alice", "a", 2))?.number, 1);
  assert.equal(router.match("/alice/a/b")?.head.number, 2);
  assert.equal(router.size, 2);
  assert.equal(router.delete("alice", "a/b/c")?.path, "a/b/c");
  assert.equal(router.delete("alice", "a/b/c"), undefined);
  assert.equal(router.delete("alice", "a/b"), undefined);
  assert.equal(matched(router, "/alice/a/b/c"), "alice/a /b/c");
  assert.equal(router.size, 1);
  assert.equal(router.at("alice", "a")?.number, 2);
  assert.equal(router.at("alice", "a/b/c"), undefined);
});

const segment = fc.constantFrom("a", "b", "ab", "ü", "x y", "100%", "..x");
const namespace = fc.constantFrom("alice", "bob");
const functionPath = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const change = fc.record({ remove: fc.boolean(), namespace, path: functionPath });
const call = fc.record({
  namespace,
  segments: fc.array(fc.oneof(segment, fc.constant("")), { minLength: 0, maxLength: 6 }),
  encodeAll: fc.boolean(),
});

/** Every character of a text, percent-encoded. */
function encodeWhole(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

test("after any changes the router answers as a search through a list would", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 25 }), fc.array(call, { maxLength: 20 }), (changes, calls) => {
      const router = new FunctionRouter();
      const model = new Map<string, RevisionHead>();
      for (const { remove, namespace, path } of changes) {
        const key = `${namespace}/${path}`;
        if (remove) {
          assert.equal(router.delete(namespace, path), model.get(key));
          model.delete(key);
        } else {
          const made = head(namespace, path);
          assert.equal(router.set(made), model.get(key));
          model.set(key, made);
        }
        assert.equal(router.size, model.size);
      }
      for (const { namespace, segments, encodeAll } of calls) {
        const encode = encodeAll ? encodeWhole : encodeURIComponent;
        const longest = segments.map((_, index) => segments.slice(0, segments.length - index));
        const found = longest.find((beginning) => model.has(`${namespace}/${beginning.join("/")}`));
        const path = `/${[namespace, ...segments].map(encode).join("/")}`;
        const match = router.match(path);
        assert.equal(match?.head, found && model.get(`${namespace}/${found.join("/")}`));
        if (match && found) {
          const rest = segments.slice(found.length).map(encode);
          assert.equal(path.slice(match.routeAt), rest.map((one) => `/${one}`).join(""));
        }
      }
    }),
    { numRuns: 300 },
  );
});
