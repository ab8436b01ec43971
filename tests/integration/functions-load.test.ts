/* A function is redeployed and rolled back while clients call it, on real workers. */
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { atEnd } from "../support/at-end.ts";
import type { Deployable } from "../support/dialects.ts";
import { spawnFunctions } from "../support/real-functions.ts";
import { spawnWorker, volunteersConnected } from "../support/worker.ts";

const clients = 4;

/** Another revision was asked for, and became the answer. */
interface Change {
  readonly revision: number;
  readonly askedAt: number;
  readonly saidAt: number;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** When its first bytes were here. */
  readonly arrivedAt: number;
}

/** What an answer may come from: the change that was acknowledged last before it arrived, or one asked for since. */
function isCurrent({ text, arrivedAt }: Answer, history: readonly Change[]): boolean {
  const acknowledged = history.findLastIndex(({ saidAt }) => saidAt < arrivedAt);
  return history
    .slice(Math.max(0, acknowledged))
    .some(({ revision, askedAt }) => askedAt < arrivedAt && text === `revision ${revision}`);
}

interface Subject {
  readonly name: string;
  readonly changes: number;
  /** Whether its workers are processes of their own, rather than inside the orchestrator. */
  readonly outside?: true;
  made(revision: number): Deployable;
}

const subjects: readonly Subject[] = [
  {
    name: "Lua",
    changes: 32,
    made: (revision) => ({
      runtime: "lua",
      code: `function handle(req) return {body = "revision ${revision}"} end`,
    }),
  },
  {
    // Calls of it are always under way when the next revision comes.
    name: "JavaScript that takes its time, on workers elsewhere",
    changes: 32,
    outside: true,
    made: (revision) => ({
      runtime: "js",
      code: `async function handle(req) {
        await new Promise((resolve) => setTimeout(resolve, 15));
        return { body: "revision ${revision}" };
      }`,
    }),
  },
  {
    // Each of its revisions costs two new interpreters.
    name: "Python",
    changes: 10,
    made: (revision) => ({
      runtime: "python",
      code: `def handle(req): return {"body": "revision ${revision}"}`,
    }),
  },
];

for (const { name, changes, outside, made } of subjects) {
  test(`${name}: ${changes} changes under load drop no call, and no old answer arrives after a 201`, {
    timeout: 120_000,
  }, async (t) => {
    const desk = await spawnFunctions(t, outside ? 0 : 2);
    if (outside) {
      for (let worker = 0; worker < 2; worker++) spawnWorker(t, desk.volunteerUrl, ["--slots", "1"]);
      await volunteersConnected(desk.api, 2);
    }
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    atEnd(t, () => agent.destroy());
    const url = new URL("/alice/f", desk.url);
    const call = () => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const sent = request(url, { agent }, (response) => {
        const arrivedAt = performance.now();
        text(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, text: body, arrivedAt }),
          reject,
        );
      });
      sent.on("error", reject).end();
      return promise;
    };

    const history: Change[] = [];
    const change = async (asked: () => Promise<number>) => {
      const askedAt = performance.now();
      const revision = await asked();
      history.push({ revision, askedAt, saidAt: performance.now() });
    };
    let newest = 0;
    const deploy = () =>
      change(async () => {
        newest++;
        const { revision } = await desk.deploy("/alice/f", made(newest));
        return revision;
      });
    const rollBack = () =>
      change(async () => {
        const body = { revision: newest - 1 };
        const answer = await desk.api.send("PUT", "/api/deploy/alice/f", { body });
        assert.equal(answer.status, 200, answer.text);
        return body.revision;
      });

    await deploy();
    const answers: Answer[] = [];
    let loaded = true;
    const load = Array.from({ length: clients }, async () => {
      while (loaded) answers.push(await call());
    });
    // Every fourth change goes back.
    while (history.length <= changes) await (history.length % 4 === 3 ? rollBack() : deploy());
    loaded = false;
    await Promise.all(load);

    t.diagnostic(`${answers.length} calls, ${newest} revisions`);
    const dropped = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(dropped, []);
    const old = answers.filter((answer) => !isCurrent(answer, history));
    assert.deepEqual(old, []);
    assert.ok(answers.length > changes);
    const seen = new Set(answers.map((answer) => answer.text));
    assert.ok(seen.size > changes / 2, "the revisions were called in between");
  });
}

test("an answer of a revision before the last acknowledged one counts as old", () => {
  const history = [
    { revision: 1, askedAt: 0, saidAt: 10 },
    { revision: 2, askedAt: 20, saidAt: 30 },
    { revision: 1, askedAt: 40, saidAt: 50 },
  ];
  const isCurrentAt = (arrivedAt: number, revision: number) =>
    isCurrent({ status: 200, text: `revision ${revision}`, arrivedAt }, history);
  assert.deepEqual([isCurrentAt(15, 1), isCurrentAt(15, 2)], [true, false]);
  assert.deepEqual([isCurrentAt(25, 1), isCurrentAt(25, 2)], [true, true]);
  assert.deepEqual([isCurrentAt(35, 1), isCurrentAt(35, 2)], [false, true]);
  assert.deepEqual([isCurrentAt(45, 1), isCurrentAt(55, 2)], [true, false]);
});
