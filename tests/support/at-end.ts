import type { TestContext } from "node:test";

const stacks = new WeakMap<TestContext, AsyncDisposableStack>();

/** Runs an action when the test has ended: the last one given first, as what is built last leans on what was before. */
export function atEnd(t: TestContext, action: () => void | Promise<void>): void {
  let stack = stacks.get(t);
  if (!stack) {
    const made = new AsyncDisposableStack();
    stack = made;
    stacks.set(t, made);
    t.after(() => made.disposeAsync());
  }
  stack.defer(action);
}
