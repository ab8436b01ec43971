import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { limits } from "../../protocol/limits.ts";
import type { GuestIo, GuestOutcome, GuestRuntime, GuestTask } from "./guest.ts";
import { Kernel, type KernelPipe } from "./kernel.ts";
import { type CellFrame, type Frame, type HostFrame, slowTaskMs } from "./wire.ts";

/** Thrown where a real pipe would wait to be killed. */
class Halted extends Error {}

type Sent = CellFrame & { payload?: string };

/** A pipe with all of its frames in it, and what the kernel answered. */
function pipeOf(frames: readonly (HostFrame & { payload?: string })[]) {
  const encoder = new TextEncoder();
  const waiting: Frame[] = frames.map(({ payload = "null", ...header }) => ({
    header,
    payload: encoder.encode(payload),
  }));
  const sent: Sent[] = [];
  const pipe: KernelPipe = {
    next: () => waiting.shift(),
    wait: () => waiting.shift(),
    send(header, payload) {
      const text = typeof payload === "object" ? new TextDecoder().decode(payload) : payload;
      sent.push({ ...header, ...(text ? { payload: text } : {}) });
    },
    halt() {
      throw new Halted();
    },
  };
  return { pipe, sent };
}

type Guest = (task: GuestTask, io: GuestIo) => GuestOutcome | Promise<GuestOutcome>;

/** A language whose code is the name of what it does. */
function languageOf(
  guests: Readonly<Record<string, Guest>>,
  reset: () => boolean = () => true,
): GuestRuntime {
  return {
    run(task, io) {
      const guest = guests[task.code];
      if (!guest) throw new Error(`No guest ${task.code}.`);
      return guest(task, io);
    },
    load: () => ({ ok: false, code: "syntax_error", message: "Not here." }),
    reset,
  };
}

const run = (id: number, code: string, fields: { epoch?: number; cid?: string } = {}): HostFrame => ({
  t: "run",
  id,
  epoch: 0,
  language: "js",
  cid: "",
  memoryMb: 64,
  code,
  ...fields,
});

async function serve(
  frames: readonly (HostFrame & { payload?: string })[],
  guests: Readonly<Record<string, Guest>>,
  reset?: () => boolean,
): Promise<{ sent: Sent[]; halted: boolean }> {
  const { pipe, sent } = pipeOf(frames);
  const runtime = languageOf(guests, reset);
  const halted = await new Kernel(pipe, () => runtime).serve().then(
    () => false,
    (error: unknown) => {
      assert.ok(error instanceof Halted, String(error));
      return true;
    },
  );
  return { sent, halted };
}

const outline = (sent: readonly Sent[]) =>
  sent.map((frame) => ("id" in frame ? `${frame.t} ${frame.id}` : frame.t));

const done = (resultJson?: string): GuestOutcome => ({ ok: true, resultJson });
const slow: Guest = () => {
  const end = performance.now() + slowTaskMs + 1;
  while (performance.now() < end);
  return done();
};

describe("the kernel", () => {
  test("says it is ready, answers each task in order, and ends with its host", async () => {
    const echo: Guest = ({ inputJson }) => done(inputJson);
    const { sent, halted } = await serve(
      [
        { ...run(1, "echo"), payload: "[1]" },
        { ...run(2, "later"), payload: "[2]" },
      ],
      { echo, later: async (task, io) => echo(task, io) },
    );
    assert.deepEqual(outline(sent), ["ready", "done 1", "done 2"]);
    assert.deepEqual([sent[1]?.payload, sent[2]?.payload], ["[1]", "[2]"]);
    assert.equal(halted, false);
  });

  test("sends all output of a task before its end", async () => {
    const chatty: Guest = (_, io) => {
      for (let line = 0; line < 5000; line++) io.write("stdout", "x");
      return done();
    };
    const { sent } = await serve([run(1, "chatty"), run(2, "quiet")], { chatty, quiet: () => done() });
    const kinds = outline(sent);
    assert.ok(kinds.lastIndexOf("output 1") < kinds.indexOf("done 1"));
    const text = sent.flatMap((frame) => (frame.t === "output" ? [frame.text] : [])).join("");
    assert.equal(text, "x".repeat(5000));
  });

  test("halts within the write that passes the output limit, after telling", async () => {
    const flood: Guest = (_, io) => {
      for (;;) io.write("stderr", "x".repeat(1000));
    };
    const { sent, halted } = await serve([run(1, "flood"), run(2, "quiet")], { flood, quiet: () => done() });
    assert.equal(halted, true);
    const end = sent.find((frame) => frame.t === "fail");
    assert.ok(end?.t === "fail" && end.code === "output_exceeded");
    assert.ok(!outline(sent).includes("done 2"));
  });

  test("refuses a result over the limit and cuts an endless message", async () => {
    const { sent } = await serve([run(1, "large"), run(2, "wordy"), run(3, "exact")], {
      large: () => done("1".repeat(limits.resultBytesMax + 1)),
      wordy: () => ({ ok: false, code: "guest_error", message: "é".repeat(limits.errorMessageBytesMax) }),
      exact: () => done("1".repeat(limits.resultBytesMax)),
    });
    const [, large, wordy, exact] = sent;
    assert.ok(large?.t === "fail" && large.code === "result_too_large");
    assert.ok(wordy?.t === "fail" && wordy.message.length === limits.errorMessageBytesMax / 2);
    assert.equal(exact?.t, "done");
  });

  test("skips what was sent ahead under an older epoch once a task was slow", async () => {
    const { sent } = await serve(
      [run(1, "quick"), run(2, "slow"), run(3, "quick"), run(4, "quick"), run(4, "quick", { epoch: 1 })],
      { slow, quick: () => done() },
    );
    assert.deepEqual(outline(sent), ["ready", "done 1", "done 2", "done 4"]);
    const epochs = sent.flatMap((frame) => (frame.t === "done" ? [frame.epoch] : []));
    assert.deepEqual(epochs, [0, 1, 1]);
  });

  test("hands a task the module it names, sent before", async () => {
    const size: Guest = ({ module }) => done(String(module?.length));
    const { sent } = await serve(
      [
        { t: "module", cid: "m", payload: "12345" },
        run(1, "size", { cid: "m" }),
        run(2, "size", { cid: "other" }),
      ],
      { size },
    );
    assert.deepEqual([sent[1]?.payload, sent[2]?.payload], ["5", "undefined"]);
  });

  test("is spent when a runtime throws, cannot be reset, or throws while it is", async () => {
    const quick: Guest = () => done();
    const broken: Guest = () => {
      throw new Error("a defect");
    };
    const thrown = await serve([run(1, "broken"), run(2, "quick")], { broken, quick });
    assert.deepEqual(outline(thrown.sent), ["ready", "fail 1", "spent"]);
    const resets: (() => boolean)[] = [
      () => false,
      () => {
        throw new Error("a defect");
      },
    ];
    for (const reset of resets) {
      const { sent, halted } = await serve([run(1, "quick"), run(2, "quick")], { quick }, reset);
      assert.deepEqual(outline(sent), ["ready", "done 1", "spent"]);
      assert.equal(halted, true);
    }
  });

  test("answers before it resets", async () => {
    const order: string[] = [];
    const { pipe } = pipeOf([run(1, "quick")]);
    const send = pipe.send;
    pipe.send = (frame) => {
      order.push("answer");
      send(frame);
    };
    const runtime = languageOf({ quick: () => done() }, () => {
      order.push("reset");
      return true;
    });
    await new Kernel(pipe, () => runtime).serve();
    assert.deepEqual(order, ["answer", "answer", "reset"]);
  });

  test("makes a runtime once, when its language is first asked for", async () => {
    const made: string[] = [];
    const { pipe } = pipeOf([run(1, "quick"), run(2, "quick")]);
    await new Kernel(pipe, (language) => {
      made.push(language);
      return languageOf({ quick: () => done() });
    }).serve();
    assert.deepEqual(made, ["js"]);
  });
});
